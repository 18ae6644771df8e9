// Kinds of things, and how their positions are obtained.
import type { AddressType, Category } from "@flighttracker/client";

export const categories: Record<Category, string> = {
  unknown: "Unknown",
  light: "Light",
  small: "Small",
  large: "Large",
  high_vortex: "High vortex",
  heavy: "Heavy",
  high_performance: "High performance",
  rotorcraft: "Rotorcraft",
  glider: "Glider",
  lighter_than_air: "Balloon or airship",
  parachutist: "Parachutist",
  ultralight: "Ultralight",
  drone: "Drone",
  space: "Spacecraft",
  emergency_vehicle: "Emergency vehicle",
  service_vehicle: "Service vehicle",
  obstacle: "Obstacle",
};

export const addressTypes: Record<AddressType, string> = {
  unknown: "Unknown",
  adsb_icao: "ADS-B",
  adsb_icao_nt: "ADS-B, no transponder",
  adsb_other: "ADS-B, not ICAO",
  adsr_icao: "ADS-R",
  adsr_other: "ADS-R, not ICAO",
  tisb_icao: "TIS-B",
  tisb_other: "TIS-B, not ICAO",
  tisb_trackfile: "TIS-B track file",
  adsc: "ADS-C",
  mlat: "MLAT",
  mode_s: "Mode S",
  flarm: "FLARM",
  radar: "Radar",
  simulated: "Simulated",
  non_icao: "Other, not ICAO",
  other: "Other",
};
