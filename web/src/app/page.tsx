import { FlightTracker } from "@/panels/FlightTracker";

export default function Page() {
  return <FlightTracker />;
}
