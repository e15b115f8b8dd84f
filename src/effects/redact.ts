/** Removes the user information of every URL in a text: indexes may carry credentials there, in any of pip's three forms. */
export function redactSecrets(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*@/gi, "$1****@");
}
