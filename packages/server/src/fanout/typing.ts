/** Who is writing. Ephemeral (S10): told to those who have the conversation on screen, forgotten after some seconds. */
export interface Typing {
  notify(tenantId: number, conversationId: string, userId: string, active: boolean): void;
}
