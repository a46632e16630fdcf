/** What happened to an account, as a sign and a sentence. */
import type { SecurityEventKind } from '@kith/protocol';
import {
  BadgeCheck,
  Building2,
  Fingerprint,
  Hourglass,
  KeyRound,
  LifeBuoy,
  Link2,
  LogIn,
  LogOut,
  type LucideIcon,
  Mail,
  MailCheck,
  MailPlus,
  MailQuestionMark,
  MonitorOff,
  MonitorSmartphone,
  RotateCcwKey,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  Smartphone,
  Undo2,
  Unlink2,
  UserPlus,
} from 'lucide-react';
import type { Key } from '../i18n/index.ts';

interface Look {
  readonly icon: LucideIcon;
  readonly key: Key;
  /** Worth a second look: it may not have been oneself. */
  readonly alert?: true;
}

export const looks: Readonly<Record<SecurityEventKind, Look>> = {
  signed_up: { icon: UserPlus, key: 'security.event.signed_up' },
  signed_in: { icon: LogIn, key: 'security.event.signed_in' },
  new_device: { icon: MonitorSmartphone, key: 'security.event.new_device' },
  sign_in_failed: { icon: ShieldAlert, key: 'security.event.sign_in_failed', alert: true },
  signed_out: { icon: LogOut, key: 'security.event.signed_out' },
  session_revoked: { icon: MonitorOff, key: 'security.event.session_revoked' },
  other_sessions_revoked: { icon: MonitorOff, key: 'security.event.other_sessions_revoked' },
  confirmation_failed: { icon: ShieldAlert, key: 'security.event.confirmation_failed', alert: true },
  identity_confirmed: { icon: BadgeCheck, key: 'security.event.identity_confirmed' },
  password_changed: { icon: KeyRound, key: 'security.event.password_changed' },
  password_reset_asked: { icon: MailQuestionMark, key: 'security.event.password_reset_asked' },
  password_reset: { icon: RotateCcwKey, key: 'security.event.password_reset' },
  email_verified: { icon: MailCheck, key: 'security.event.email_verified' },
  email_change_asked: { icon: Mail, key: 'security.event.email_change_asked' },
  provider_linked: { icon: Link2, key: 'security.event.provider_linked' },
  provider_unlinked: { icon: Unlink2, key: 'security.event.provider_unlinked' },
  email_changed: { icon: MailPlus, key: 'security.event.email_changed' },
  email_change_undone: { icon: Undo2, key: 'security.event.email_change_undone' },
  phone_added: { icon: Smartphone, key: 'security.event.phone_added' },
  phone_changed: { icon: Smartphone, key: 'security.event.phone_changed' },
  phone_removed: { icon: Smartphone, key: 'security.event.phone_removed' },
  phone_moved: { icon: Smartphone, key: 'security.event.phone_moved', alert: true },
  second_factor_failed: { icon: ShieldAlert, key: 'security.event.second_factor_failed', alert: true },
  totp_on: { icon: ShieldCheck, key: 'security.event.totp_on' },
  totp_off: { icon: ShieldOff, key: 'security.event.totp_off' },
  recovery_used: { icon: LifeBuoy, key: 'security.event.recovery_used', alert: true },
  recovery_renewed: { icon: LifeBuoy, key: 'security.event.recovery_renewed' },
  passkey_added: { icon: Fingerprint, key: 'security.event.passkey_added' },
  passkey_removed: { icon: Fingerprint, key: 'security.event.passkey_removed' },
  passkey_refused: { icon: ShieldAlert, key: 'security.event.passkey_refused', alert: true },
  invite_made: { icon: Link2, key: 'security.event.invite_made' },
  invite_revoked: { icon: Unlink2, key: 'security.event.invite_revoked' },
  invite_used: { icon: UserPlus, key: 'security.event.invite_used' },
  guest_came: { icon: Hourglass, key: 'security.event.guest_came' },
  guest_changed: { icon: Hourglass, key: 'security.event.guest_changed' },
  guest_ended: { icon: Hourglass, key: 'security.event.guest_ended' },
  join_policy_changed: { icon: Building2, key: 'security.event.join_policy_changed' },
  deletion_asked: { icon: ShieldAlert, key: 'security.event.deletion_asked', alert: true },
  deletion_undone: { icon: Undo2, key: 'security.event.deletion_undone' },
  account_deleted: { icon: ShieldOff, key: 'security.event.account_deleted' },
  tenant_security_changed: { icon: Building2, key: 'security.event.tenant_security_changed' },
  tenant_changed: { icon: Building2, key: 'security.event.tenant_changed' },
  api_key_made: { icon: KeyRound, key: 'security.event.api_key_made' },
  api_key_revoked: { icon: KeyRound, key: 'security.event.api_key_revoked' },
  tenant_role_changed: { icon: BadgeCheck, key: 'security.event.tenant_role_changed' },
  tenant_owner_changed: { icon: BadgeCheck, key: 'security.event.tenant_owner_changed' },
  factors_reset: { icon: ShieldOff, key: 'security.event.factors_reset', alert: true },
  account_suspended: { icon: LogOut, key: 'security.event.account_suspended', alert: true },
  account_restored: { icon: LogIn, key: 'security.event.account_restored' },
};

/** Of a server that is newer than this app. */
export const unknownLook: Look = { icon: ShieldAlert, key: 'security.event.unknown' };
