import type { Clock } from '../../model/clock.ts';
import type { ReceiverData } from '../notification.ts';
import type { Message } from './message.ts';

/** What receivers are built with. */
export interface ReceiverWorld {
  readonly clock: Clock;
  readonly userAgent: string;
}

/** Sends one message. Throws DeliveryError; `signal` cancels it. */
export type SendFn = (message: Message, signal: AbortSignal) => Promise<ReceiverData | undefined>;
