import type { MailTexts } from './en.ts';

export const de: MailTexts = {
  from: 'Diese Mail kommt von {tenant}, {origin}',
  openAddress: 'Falls der Knopf nicht funktioniert, öffne diese Adresse:',
  codeGood:
    'So lange gilt der Code: {time}. Gib ihn niemandem: Wer diesen Server betreibt, wird dich nie danach fragen.',
  linkGood: 'So lange gilt der Link: {time}. Er funktioniert einmal.',
  device: 'Gerät',
  address: 'Adresse',
  time: 'Zeit',

  signUpCodeSubject: 'Dein Code für {tenant}',
  signUpCode: 'Gib diesen Code ein, um dein Konto fertigzustellen:',
  signUpCodeNotYou: 'Falls du das nicht warst, beachte diese Mail nicht: Ohne den Code entsteht kein Konto.',

  signUpKnownSubject: 'Du hast schon ein Konto',
  signUpKnown:
    'Jemand, wahrscheinlich du, wollte mit dieser Adresse ein Konto bei {tenant} erstellen. Es gibt schon eines, auf den Namen „{name}“.',
  signUpKnownHint: 'Melde dich mit deinem Passwort an. Falls du es vergessen hast, setze ein neues:',
  signUpKnownNotYou:
    'Falls du das nicht warst, ist nichts zu tun: Niemand hat erfahren, dass du ein Konto hast.',

  emailCodeSubject: 'Bestätige deine Adresse',
  emailCode: 'Gib diesen Code ein, um zu bestätigen, dass diese Adresse dir gehört:',
  emailCodeNotYou:
    'Falls du das nicht warst, beachte diese Mail nicht: Vielleicht hat sich jemand vertippt, und ohne den Code geschieht nichts.',

  emailChangedSubject: 'Die Adresse deines Kontos wurde geändert',
  emailChanged:
    'Dein Konto bei {tenant} hat jetzt die Adresse {newAddress}. An die, unter der du das liest, kommt nichts mehr.',
  emailChangedNotYou:
    'Falls du das nicht warst, nimm es zurück und setze dann ein neues Passwort. So lange geht das: {time}.',
  emailChangedAction: 'Zurücknehmen',

  passwordResetSubject: 'Setze ein neues Passwort',
  passwordReset: 'Hier kannst du ein neues Passwort für dein Konto bei {tenant} setzen.',
  passwordResetNotYou:
    'Falls du das nicht warst, beachte diese Mail nicht: Dein Passwort bleibt, wie es ist.',
  setPasswordAction: 'Neues Passwort setzen',

  passwordChangedSubject: 'Dein Passwort wurde geändert',
  passwordChanged: 'Das Passwort deines Kontos bei {tenant} wurde geändert.',
  notYou:
    'Falls du das nicht warst, setze sofort ein neues Passwort, über „Passwort vergessen?“ bei der Anmeldung, und sag es dem Betreiber dieses Servers.',

  newDeviceSubject: 'Ein neues Gerät hat sich bei deinem Konto angemeldet',
  newDevice: 'Bei deinem Konto auf {tenant} hat sich ein Gerät angemeldet, das dort noch nie war.',
  newDeviceNotYou: 'Falls du das nicht warst, beende diese Sitzung und ändere dein Passwort.',
  newDeviceAction: 'Meine Sitzungen zeigen',

  signInCodeSubject: 'Dein Code zum Anmelden',
  signInCode: 'Gib diesen Code ein, um dich bei {tenant} anzumelden:',
  signInCodeNotYou:
    'Falls du das nicht warst, gib den Code niemandem: Ohne ihn kommt niemand hinein. Geschieht es wieder, ändere dein Passwort.',

  secondFactorSubject: 'Deine Anmeldung wurde geändert',
  totp_on:
    'Für die Anmeldung bei deinem Konto auf {tenant} braucht es jetzt einen Code aus deiner Authenticator-App.',
  totp_off:
    'Für die Anmeldung bei deinem Konto auf {tenant} braucht es keinen Code aus einer Authenticator-App mehr.',
  passkey_added: 'Deinem Konto bei {tenant} wurde ein Passkey hinzugefügt.',
  passkey_removed: 'Von deinem Konto bei {tenant} wurde ein Passkey entfernt.',
  recovery_used:
    'Bei deinem Konto auf {tenant} wurde sich mit einem Wiederherstellungscode angemeldet. Dieser Code ist damit verbraucht.',
  recovery_renewed:
    'Dein Konto bei {tenant} hat neue Wiederherstellungscodes. Die bisherigen gelten nicht mehr.',
  factors_reset:
    'Wer sich um {tenant} kümmert, hat alle zweiten Faktoren und Passkeys von deinem Konto entfernt. Du meldest dich jetzt ohne sie an; in den Einstellungen richtest du neue ein.',

  providerLinked:
    'Bei deinem Konto auf {tenant} kann man sich jetzt auch mit einem Konto bei {service} anmelden.',
  providerUnlinked:
    'Bei deinem Konto auf {tenant} kann man sich nicht mehr mit einem Konto bei {service} anmelden.',
  phone_added: 'Bei deinem Konto bei {tenant} kann man sich jetzt mit der Telefonnummer {phone} anmelden.',
  phone_changed:
    'Die Telefonnummer, mit der man sich bei deinem Konto bei {tenant} anmeldet, ist jetzt {phone}.',
  phone_removed:
    'Bei deinem Konto bei {tenant} kann man sich nicht mehr mit der Telefonnummer {phone} anmelden.',
  phone_moved:
    'Jemand hat gezeigt, dass die Telefonnummer {phone} ihm gehört, und nutzt sie jetzt für ein anderes Konto bei {tenant}. Bei deinem kann man sich damit nicht mehr anmelden.',
  providerNotYou:
    'Warst du das nicht? Dann mach es in den Einstellungen rückgängig und leg ein neues Passwort fest.',
  providerAction: 'Einstellungen öffnen',

  deletionSubject: 'Dein Konto wird gelöscht',
  deletion:
    'Dein Konto bei {tenant} wird gelöscht, und zwar am {when}. Bis dahin kannst du es dir anders überlegen.',
  deletionNotYou: 'Falls du das nicht warst, behalte dein Konto und setze ein neues Passwort.',
  deletionAction: 'Mein Konto behalten',

  inviteSubject: '„{inviter}“ lädt dich zu „{team}“ ein',
  invite:
    '„{inviter}“ hätte dich gern bei „{team}“. Dort schreibt ihr einander, teilt Dateien und bleibt in Verbindung.',
  inviteGood: 'So lange gilt die Einladung: {time}.',
  inviteNotYou: 'Falls du nicht weißt, wer das ist, beachte diese Mail nicht: Es geschieht nichts.',
  inviteAction: 'Einladung annehmen',
};
