/** The letter that invites to a group. Names are one line each: `groupName` and `nameOf` have seen to that. */
export const groupInvitationLetter = ({
  group,
  by,
  masthead,
  address,
}: {
  readonly group: string;
  readonly by: string;
  readonly masthead: string;
  readonly address: string;
}): { readonly subject: string; readonly text: string } => ({
  subject: `An invitation to “${group}”`,
  text: `${by} invites you to the group “${group}” at ${masthead}.

To join it, open this address and sign in. It can be used once:

${address}

If you do not want to join, do nothing: nobody is told.
`,
});
