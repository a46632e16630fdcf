import { Component, type ReactNode } from 'react';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';

interface Props {
  readonly children: ReactNode;
  /** Something else to try when this changes, for example the open conversation. */
  readonly resetKey?: string;
}

/** A mistake of ours takes down one pane, not the app; what was written is safe in the outbox. */
export class ErrorBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidUpdate(before: Props): void {
    if (this.state.failed && before.resetKey !== this.props.resetKey) this.setState({ failed: false });
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="kith-notice" role="alert">
        <p>{t('app.broken')}</p>
        <Button kind="primary" onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
      </div>
    );
  }
}
