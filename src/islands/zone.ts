/** Sets the time zone of a form that subscribes to the browser's own. Without this it is that of the editions, or what is chosen. */

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

for (const field of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-zone]')) {
  if (!timeZone) break;
  if (field instanceof HTMLInputElement) {
    field.value = timeZone;
    continue;
  }
  const given = [...field.options].find(({ defaultSelected }) => defaultSelected)?.value;
  // Coming back to the page, the browser has put in what was chosen.
  if (field.value !== given) continue;
  field.value = timeZone;
  // Browsers do not all have the same names for a zone: Asia/Calcutta, Asia/Kolkata.
  if (field.value !== timeZone) field.add(new Option(timeZone.replaceAll('_', ' '), timeZone, false, true));
}
