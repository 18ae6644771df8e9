// What programs import: `connect`, and below it the parts that the page of the flight tracker is built on.
//
// No module here knows React or the DOM; all run in a browser, in its workers and in Node.js.
export { type CloseMeaning, delayMs, meaningOf } from "./backoff.ts";
export { CHANGED_AIRCRAFT, CHANGED_POSITION, CHANGED_STATICS, REMOVED } from "./changes.ts";
export { Client, connect, type Options, type TokenSource, type Update } from "./client.ts";
export { ClientError, type ClientErrorKind } from "./clientError.ts";
export { localTimeMs, ServerClock, SlewedOffset } from "./clock.ts";
export {
  ADDRESS_TYPES,
  type AddressType,
  CATEGORIES,
  type Category,
  COLUMN,
  COLUMN_BYTES,
  COLUMN_COUNT,
  DEGREES_PER_POSITION_UNIT,
  DEGREES_PER_TRACK_UNIT,
  FEET_PER_ALTITUDE_UNIT,
  FEET_PER_MINUTE_PER_RATE_UNIT,
  isEmergency,
  isNotAircraft,
  KIND_COUNT,
  MILLISECONDS_PER_AGE_UNIT,
  NAME_COLUMN_COUNT,
  NAME_COLUMNS,
  NON_ICAO_ADDRESSES,
  NULL_VALUE,
  ON_GROUND_BIT,
  STATUS_MASK,
  STATUSES,
  type Status,
  TEXT_BYTES,
  TEXT_COLUMNS,
  type TextColumn,
} from "./columns.ts";
export { type ExactReport, exactReports } from "./exact.ts";
export type { Flight } from "./flight.ts";
export { type Additions, decodePayload, type Escapes, type FrameContent, type Updates } from "./frame.ts";
export { FrameError, type FrameErrorReason } from "./frameError.ts";
export { FRAME_VERSION, type Frame, type FrameHeader, readHeader, splitFrames } from "./frameHeader.ts";
export {
  type ExactFlights,
  type GatewayState,
  parseGatewayMessage,
  type Renewed,
  type Welcome,
} from "./gatewayMessages.ts";
export { inflatePayload } from "./inflate.ts";
export { NameTable } from "./nameTable.ts";
export type { Box, Gap } from "./picture.ts";
export { type FrameOrder, ShardTable } from "./shardTable.ts";
export { GatewaySocket, type SocketEvents, type SocketSurroundings } from "./socket.ts";
export { decodeTileMessages, type TileHeader, type TileMessage } from "./tiles/message.ts";
export {
  headingDeg,
  MOTION,
  MOTION_COUNT,
  type Motion,
  NO_ALTITUDE_BIT,
  NO_HEADING_BIT,
  NO_SPEED_BIT,
} from "./tiles/motion.ts";
export { type FollowedTiles, type PictureNews, TilePicture } from "./tiles/picture.ts";
export { MOST_EXACT, MOST_TILES, tilesInView, type WorldView } from "./tiles/view.ts";
export { CLASSES, classOfZoom, type ZoomClass } from "./tiles/zoomClass.ts";
