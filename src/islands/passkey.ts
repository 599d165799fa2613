import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';

/** Passkeys: the only way in that needs JavaScript. The buttons stay hidden without it. */

const say = (text: string): void => {
  const line = document.querySelector('#said');
  if (line) line.textContent = text;
};

const post = async (address: string, body: unknown): Promise<unknown> => {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const said: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const { error = 'That did not work. Try again.', signIn } = said as { error?: string; signIn?: string };
  if (typeof signIn === 'string') location.assign(signIn);
  throw new Error(error);
};

const signIn = async (button: HTMLButtonElement): Promise<void> => {
  const asked = await post('/sign-in/passkey/asked', {});
  const response = await startAuthentication({ optionsJSON: asked as PublicKeyCredentialRequestOptionsJSON });
  const { onward } = (await post('/sign-in/passkey', { response, onward: button.dataset.onward ?? '/' })) as {
    onward: string;
  };
  location.assign(onward);
};

const add = async (): Promise<void> => {
  const asked = await post('/account/passkeys/asked', {});
  const response = await startRegistration({ optionsJSON: asked as PublicKeyCredentialCreationOptionsJSON });
  await post('/account/passkeys', { response });
  location.assign('/account?said=passkey');
};

const sentence = (error: unknown): string => {
  if (!(error instanceof Error)) return 'That did not work. Try again.';
  return error.name === 'NotAllowedError' ? 'Nothing was chosen.' : error.message;
};

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-passkey]')) {
  if (!browserSupportsWebAuthn()) break;
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await (button.dataset.passkey === 'new' ? add() : signIn(button));
    } catch (error) {
      const says = sentence(error);
      say(says);
      const note = button.parentElement?.querySelector('.small') ?? document.createElement('span');
      note.className = 'small';
      note.textContent = ` ${says}`;
      button.after(note);
    } finally {
      button.disabled = false;
    }
  });
}
