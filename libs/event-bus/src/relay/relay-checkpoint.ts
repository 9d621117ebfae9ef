/** Where a relay keeps the position up to which it has published. */
export interface RelayCheckpoint {
  load(): Promise<string | undefined>;
  save(position: string): Promise<void>;
  /** Names who publishes, for as long as the checkpoints are kept: see `TopicClaim`. */
  publisherId?(): Promise<string>;
  /**
   * Takes or keeps the turn to publish for about `leaseMs`; false while another copy of the service has it. A relay
   * without turns publishes always: copies that do so at once deliver everything twice, in order all the same.
   */
  takeTurn?(leaseMs: number): Promise<boolean>;
  /** Gives the turn back, so that another copy need not wait for the lease to run out. */
  endTurn?(): Promise<void>;
  /** Forgets the position and takes the turn from whoever has it: after about `leaseMs` one begins from the first event. */
  restart?(leaseMs: number): Promise<void>;
}
