/** The texts of mails. The keys of this catalog are those of all. */
export const en = {
  from: 'This mail comes from {tenant}, {origin}',
  openAddress: 'If the button does not work, open this address:',
  codeGood:
    'The code is good for {time}. Give it to nobody: nobody who runs this server will ask you for it.',
  linkGood: 'The link is good for {time} and works once.',
  device: 'Device',
  address: 'Address',
  time: 'Time',

  signUpCodeSubject: 'Your code for {tenant}',
  signUpCode: 'Enter this code to finish your account:',
  signUpCodeNotYou: 'If this was not you, ignore this mail: without the code there will be no account.',

  signUpKnownSubject: 'You have an account already',
  signUpKnown:
    'Somebody, probably you, wanted to make an account at {tenant} with this address. There is one already, in the name of “{name}”.',
  signUpKnownHint: 'Sign in with your password. If you have forgotten it, set a new one:',
  signUpKnownNotYou:
    'If this was not you, there is nothing to do: nobody has learned that you have an account.',

  emailCodeSubject: 'Confirm your address',
  emailCode: 'Enter this code to confirm that this address is yours:',
  emailCodeNotYou:
    'If this was not you, ignore this mail: somebody may have mistyped their address, and nothing happens without the code.',

  emailChangedSubject: 'The address of your account was changed',
  emailChanged:
    'Your account at {tenant} now has the address {newAddress}. Nothing more will be sent to the one you are reading this at.',
  emailChangedNotYou: 'If this was not you, take it back within {time}. Then set a new password.',
  emailChangedAction: 'Take it back',

  passwordResetSubject: 'Set a new password',
  passwordReset: 'Here you can set a new password for your account at {tenant}.',
  passwordResetNotYou: 'If this was not you, ignore this mail: your password stays as it is.',
  setPasswordAction: 'Set a new password',

  passwordChangedSubject: 'Your password was changed',
  passwordChanged: 'The password of your account at {tenant} was changed.',
  notYou:
    'If this was not you, set a new password at once, by “Forgot password?” where you sign in, and tell whoever runs this server.',

  newDeviceSubject: 'A new device signed in to your account',
  newDevice: 'Your account at {tenant} was signed in to from a device that it has not seen before.',
  newDeviceNotYou: 'If this was not you, end that session and change your password.',
  newDeviceAction: 'Show my sessions',

  signInCodeSubject: 'Your code to sign in',
  signInCode: 'Enter this code to sign in at {tenant}:',
  signInCodeNotYou:
    'If this was not you, give the code to nobody: without it nobody gets in. If it happens again, change your password.',

  secondFactorSubject: 'How you sign in was changed',
  totp_on: 'To sign in to your account at {tenant}, a code from your authenticator app is now needed.',
  totp_off: 'To sign in to your account at {tenant}, no code from an authenticator app is needed any more.',
  passkey_added: 'A passkey was added to your account at {tenant}.',
  passkey_removed: 'A passkey was removed from your account at {tenant}.',
  recovery_used: 'Your account at {tenant} was signed in to with a recovery code. That code is used up.',
  recovery_renewed: 'Your account at {tenant} has new recovery codes. The former ones are void.',
  factors_reset:
    'Whoever looks after {tenant} has taken all second factors and passkeys from your account. You sign in without them now; set up new ones in Settings.',

  providerLinked: 'Your account at {tenant} can now be signed in to with an account at {service}.',
  providerUnlinked: 'Your account at {tenant} can no longer be signed in to with an account at {service}.',
  phone_added: 'Your account at {tenant} can now be signed in to with the phone number {phone}.',
  phone_changed: 'The phone number that your account at {tenant} is signed in to with is now {phone}.',
  phone_removed: 'Your account at {tenant} can no longer be signed in to with the phone number {phone}.',
  phone_moved:
    'Somebody has shown that the phone number {phone} is theirs, and has it on another account at {tenant} now. Yours can no longer be signed in to with it.',
  providerNotYou: 'If this was not you, undo it in the settings, and set a new password.',
  providerAction: 'Open the settings',

  deletionSubject: 'Your account will be deleted',
  deletion: 'Your account at {tenant} will be deleted on {when}. Until then you can change your mind.',
  deletionNotYou: 'If this was not you, keep your account and set a new password.',
  deletionAction: 'Keep my account',

  inviteSubject: '“{inviter}” invites you to “{team}”',
  invite:
    '“{inviter}” would like to have you in “{team}”. There you write to each other, share files and stay in touch.',
  inviteGood: 'The invitation is good for {time}.',
  inviteNotYou: 'If you do not know who this is, ignore this mail: nothing happens.',
  inviteAction: 'Accept the invitation',
} as const;

export type MailTexts = { readonly [K in keyof typeof en]: string };
