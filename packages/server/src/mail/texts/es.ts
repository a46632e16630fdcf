import type { MailTexts } from './en.ts';

export const es: MailTexts = {
  from: 'Este correo viene de {tenant}, {origin}',
  openAddress: 'Si el botón no funciona, abre esta dirección:',
  codeGood:
    'El código vale durante {time}. No se lo des a nadie: quien lleva este servidor nunca te lo pedirá.',
  linkGood: 'El enlace vale durante {time} y funciona una sola vez.',
  device: 'Dispositivo',
  address: 'Dirección',
  time: 'Hora',

  signUpCodeSubject: 'Tu código para {tenant}',
  signUpCode: 'Introduce este código para terminar de crear tu cuenta:',
  signUpCodeNotYou: 'Si no has sido tú, ignora este correo: sin el código no se creará ninguna cuenta.',

  signUpKnownSubject: 'Ya tienes una cuenta',
  signUpKnown:
    'Alguien, probablemente tú, quiso crear una cuenta en {tenant} con esta dirección. Ya existe una, a nombre de «{name}».',
  signUpKnownHint: 'Inicia sesión con tu contraseña. Si la has olvidado, establece una nueva:',
  signUpKnownNotYou: 'Si no has sido tú, no tienes que hacer nada: nadie ha sabido que tienes una cuenta.',

  emailCodeSubject: 'Confirma tu dirección',
  emailCode: 'Introduce este código para confirmar que esta dirección es tuya:',
  emailCodeNotYou:
    'Si no has sido tú, ignora este correo: quizá alguien se equivocó al escribir su dirección, y sin el código no pasa nada.',

  emailChangedSubject: 'La dirección de tu cuenta ha cambiado',
  emailChanged:
    'Tu cuenta en {tenant} tiene ahora la dirección {newAddress}. A esta, donde lees este correo, ya no llegará nada más.',
  emailChangedNotYou:
    'Si no has sido tú, deshaz el cambio y después establece una contraseña nueva. Tienes este plazo: {time}.',
  emailChangedAction: 'Deshacer el cambio',

  passwordResetSubject: 'Establece una contraseña nueva',
  passwordReset: 'Aquí puedes establecer una contraseña nueva para tu cuenta en {tenant}.',
  passwordResetNotYou: 'Si no has sido tú, ignora este correo: tu contraseña sigue siendo la misma.',
  setPasswordAction: 'Establecer contraseña nueva',

  passwordChangedSubject: 'Tu contraseña ha cambiado',
  passwordChanged: 'Se ha cambiado la contraseña de tu cuenta en {tenant}.',
  notYou:
    'Si no has sido tú, establece enseguida una contraseña nueva, con «¿Has olvidado la contraseña?» al iniciar sesión, y avisa a quien lleva este servidor.',

  newDeviceSubject: 'Un dispositivo nuevo ha entrado en tu cuenta',
  newDevice: 'En tu cuenta de {tenant} ha iniciado sesión un dispositivo que nunca se había usado.',
  newDeviceNotYou: 'Si no has sido tú, cierra esa sesión y cambia tu contraseña.',
  newDeviceAction: 'Ver mis sesiones',

  signInCodeSubject: 'Tu código para iniciar sesión',
  signInCode: 'Introduce este código para iniciar sesión en {tenant}:',
  signInCodeNotYou:
    'Si no has sido tú, no le des el código a nadie: sin él no entra nadie. Si vuelve a ocurrir, cambia tu contraseña.',

  secondFactorSubject: 'Ha cambiado tu forma de iniciar sesión',
  totp_on:
    'Para entrar en tu cuenta de {tenant} ahora hace falta un código de tu aplicación de autenticación.',
  totp_off:
    'Para entrar en tu cuenta de {tenant} ya no hace falta un código de una aplicación de autenticación.',
  passkey_added: 'Se ha añadido una llave de acceso a tu cuenta en {tenant}.',
  passkey_removed: 'Se ha eliminado una llave de acceso de tu cuenta en {tenant}.',
  recovery_used:
    'Se ha iniciado sesión en tu cuenta de {tenant} con un código de recuperación. Ese código ya está gastado.',
  recovery_renewed: 'Tu cuenta en {tenant} tiene códigos de recuperación nuevos. Los anteriores ya no valen.',
  factors_reset:
    'Quien administra {tenant} ha quitado de tu cuenta todos los segundos factores y llaves de acceso. Ahora entras sin ellos; configura otros nuevos en Ajustes.',

  providerLinked: 'Ahora también se puede entrar en tu cuenta de {tenant} con una cuenta de {service}.',
  providerUnlinked: 'Ya no se puede entrar en tu cuenta de {tenant} con una cuenta de {service}.',
  phone_added: 'Ahora también se puede entrar en tu cuenta de {tenant} con el número de teléfono {phone}.',
  phone_changed: 'El número de teléfono con el que se entra en tu cuenta de {tenant} es ahora {phone}.',
  phone_removed: 'Ya no se puede entrar en tu cuenta de {tenant} con el número de teléfono {phone}.',
  phone_moved:
    'Alguien ha demostrado que el número de teléfono {phone} es suyo y ahora lo usa en otra cuenta de {tenant}. Ya no se puede entrar en la tuya con él.',
  providerNotYou: 'Si no has sido tú, deshazlo en los ajustes y establece una contraseña nueva.',
  providerAction: 'Abrir los ajustes',

  deletionSubject: 'Tu cuenta se va a eliminar',
  deletion:
    'Tu cuenta en {tenant} se eliminará en esta fecha: {when}. Hasta entonces puedes cambiar de idea.',
  deletionNotYou: 'Si no has sido tú, conserva tu cuenta y establece una contraseña nueva.',
  deletionAction: 'Conservar mi cuenta',

  inviteSubject: '«{inviter}» te invita a «{team}»',
  invite:
    'A «{inviter}» le gustaría que estuvieras en «{team}». Allí podéis escribiros, compartir archivos y seguir en contacto.',
  inviteGood: 'La invitación vale durante {time}.',
  inviteNotYou: 'Si no sabes quién es, ignora este correo: no pasa nada.',
  inviteAction: 'Aceptar la invitación',
};
