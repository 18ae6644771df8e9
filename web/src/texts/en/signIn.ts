// Signing in.
export const signIn = {
  title: "Sign in",
  intro: "This tracker requires a token. You get one from its operator.",
  token: "Token",
  hint: "Kept until you close this tab, and sent only to this gateway.",
  submit: "Sign in",
  checking: "Checking …",
  noToken: "This is not a token. A token has three parts separated by dots, like eyJ….eyJ….c2l….",
  foreign: "This page sends tokens only to a gateway of the same origin. This gateway has a different one.",
  gatewaySays: (detail: string) => `Gateway: ${detail}`,
  signOut: "Sign out",
  signOutHint: "Deletes the token from this tab and revokes it at the gateway.",
};
