/** An instant as RFC 3339 in UTC with milliseconds (`2025-10-01T05:00:00.000Z`); such strings sort in the order of time. */
export type Instant = string;

/** A business fact as a decision states it, before it is stored. `occurredAt` says when it was true, not when we learnt it. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly occurredAt: Instant;
  readonly data: Data;
}

/** A fact as it stands in its stream: what `evolve` folds. `version` counts from 1 within the stream. */
export type Recorded<Event extends DomainEvent> = Event & {
  readonly eventId: string;
  readonly version: number;
  readonly recordedAt: Instant;
};

export interface Accepted<Event> {
  readonly outcome: 'accepted';
  readonly events: readonly Event[];
}

export interface Rejected<Rejection> {
  readonly outcome: 'rejected';
  readonly rejection: Rejection;
}

/** What a decision answers: the facts that now hold, or why there are none. A refusal is a value, never an exception. */
export type Decision<Event, Rejection> = Accepted<Event> | Rejected<Rejection>;

export type Decide<Command, State, Event, Rejection> = (command: Command, state: State) => Decision<Event, Rejection>;
export type Evolve<State, Event extends DomainEvent> = (state: State, event: Recorded<Event>) => State;

/** A stream type as three pure parts. The command runner folds `evolve` from `initialState` and asks `decide`. */
export interface Decider<Command, State, Event extends DomainEvent, Rejection> {
  readonly decide: Decide<Command, State, Event, Rejection>;
  readonly evolve: Evolve<State, Event>;
  readonly initialState: State;
}

/** Accepts a command with the facts it causes. No facts means: nothing to change, which is a success. */
export const accept = <Event>(...events: readonly Event[]): Accepted<Event> => ({ outcome: 'accepted', events });

/** Refuses a command, with the data that its answer in words needs. */
export const reject = <Rejection>(rejection: Rejection): Rejected<Rejection> => ({ outcome: 'rejected', rejection });

/** The state after `events`, in their order. */
export const fold = <State, Event extends DomainEvent>(
  evolve: Evolve<State, Event>,
  initialState: State,
  events: readonly Recorded<Event>[],
): State => events.reduce(evolve, initialState);

/** Marks a branch that the types rule out; a new member of the union stops compiling here until it is handled. */
export const unreachable = (value: never): never => {
  throw new Error(`Not handled: ${JSON.stringify(value)}`);
};
