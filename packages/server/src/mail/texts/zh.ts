import type { MailTexts } from './en.ts';

export const zh: MailTexts = {
  from: '此邮件来自 {tenant}，{origin}',
  openAddress: '如果按钮无法使用，请打开此地址：',
  codeGood: '验证码在 {time}内有效。不要告诉任何人：运营此服务器的人绝不会向你索要。',
  linkGood: '链接在 {time}内有效，只能使用一次。',
  device: '设备',
  address: '地址',
  time: '时间',

  signUpCodeSubject: '你在 {tenant} 的验证码',
  signUpCode: '请输入此验证码以完成账号创建：',
  signUpCodeNotYou: '如果不是你本人操作，请忽略此邮件：没有验证码就不会创建账号。',

  signUpKnownSubject: '你已经有账号了',
  signUpKnown: '有人（很可能是你）想用此邮箱在 {tenant} 创建账号。该邮箱已有账号，名字是“{name}”。',
  signUpKnownHint: '请用密码登录。如果忘记了密码，可以设置新密码：',
  signUpKnownNotYou: '如果不是你本人操作，无需做任何事：没有人因此得知你有账号。',

  emailCodeSubject: '确认你的邮箱',
  emailCode: '请输入此验证码，确认此邮箱属于你：',
  emailCodeNotYou: '如果不是你本人操作，请忽略此邮件：可能有人输错了邮箱，没有验证码什么都不会发生。',

  emailChangedSubject: '你的账号邮箱已更改',
  emailChanged: '你在 {tenant} 的账号邮箱现在是 {newAddress}。你正在阅读此邮件的邮箱将不再收到邮件。',
  emailChangedNotYou: '如果不是你本人操作，请在 {time}内撤销更改，然后设置新密码。',
  emailChangedAction: '撤销更改',

  passwordResetSubject: '设置新密码',
  passwordReset: '你可以在这里为 {tenant} 的账号设置新密码。',
  passwordResetNotYou: '如果不是你本人操作，请忽略此邮件：你的密码不会改变。',
  setPasswordAction: '设置新密码',

  passwordChangedSubject: '你的密码已更改',
  passwordChanged: '你在 {tenant} 的账号密码已更改。',
  notYou: '如果不是你本人操作，请立即在登录页面通过“忘记密码？”设置新密码，并告知运营此服务器的人。',

  newDeviceSubject: '有新设备登录了你的账号',
  newDevice: '一台从未用过的设备登录了你在 {tenant} 的账号。',
  newDeviceNotYou: '如果不是你本人操作，请结束该会话并更改密码。',
  newDeviceAction: '查看我的会话',

  signInCodeSubject: '你的登录验证码',
  signInCode: '请输入此验证码以登录 {tenant}：',
  signInCodeNotYou:
    '如果不是你本人操作，不要把验证码告诉任何人：没有它谁也无法登录。如果再次发生，请更改密码。',

  secondFactorSubject: '你的登录方式已更改',
  totp_on: '现在登录你在 {tenant} 的账号需要身份验证器应用中的验证码。',
  totp_off: '现在登录你在 {tenant} 的账号不再需要身份验证器应用中的验证码。',
  passkey_added: '你在 {tenant} 的账号添加了一个通行密钥。',
  passkey_removed: '你在 {tenant} 的账号移除了一个通行密钥。',
  recovery_used: '有人用恢复码登录了你在 {tenant} 的账号。该恢复码已失效。',
  recovery_renewed: '你在 {tenant} 的账号有了新的恢复码。之前的恢复码已失效。',
  factors_reset:
    '{tenant} 的管理者已移除你账号的所有第二因素和通行密钥。现在登录不再需要它们；请在设置中重新设置。',

  providerLinked: '现在可以使用 {service} 账号登录你在 {tenant} 的账号。',
  providerUnlinked: '不再可以使用 {service} 账号登录你在 {tenant} 的账号。',
  phone_added: '现在可以使用电话号码 {phone} 登录你在 {tenant} 的账号。',
  phone_changed: '登录你在 {tenant} 的账号所用的电话号码现在是 {phone}。',
  phone_removed: '不再可以使用电话号码 {phone} 登录你在 {tenant} 的账号。',
  phone_moved:
    '有人已证明电话号码 {phone} 归其所有，并已将它用于 {tenant} 的另一个账号。不再可以用它登录你的账号。',
  providerNotYou: '如果不是你本人操作，请在设置中撤销此更改，并设置新密码。',
  providerAction: '打开设置',

  deletionSubject: '你的账号将被删除',
  deletion: '你在 {tenant} 的账号将于 {when} 删除。在此之前你可以改变主意。',
  deletionNotYou: '如果不是你本人操作，请保留账号并设置新密码。',
  deletionAction: '保留我的账号',

  inviteSubject: '“{inviter}”邀请你加入“{team}”',
  invite: '“{inviter}”想邀请你加入“{team}”。在那里你们可以互相发消息、分享文件、保持联系。',
  inviteGood: '邀请在 {time}内有效。',
  inviteNotYou: '如果你不认识对方，请忽略此邮件：什么都不会发生。',
  inviteAction: '接受邀请',
};
