// What a frame did to a slot of its shard: bits that ShardTable leaves for Fleet, which updates the rows.

export const CHANGED_POSITION = 1;
export const CHANGED_STATICS = 2;
/** Another aircraft took the slot, or the slot was free. */
export const CHANGED_AIRCRAFT = 4;
export const REMOVED = 8;
