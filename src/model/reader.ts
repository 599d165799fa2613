/** The one reader of an instance without accounts: whoever sits at the machine. */
export const OWNER = 'owner';
