/**
 * Ready mixtures of zones, by weight. World: smart-home households of 2020 to 2023 (Statista) for China, North America
 * and Europe, the rest by internet users (Statista, February 2025) with rich countries raised. EU: population on
 * 1 January 2025 (Eurostat). US: census shares. India and South-East Asia: internet users.
 */
import type { Weighted } from "./cohort.ts";

export const ZONE_MIXTURE_NAMES = ["world", "world-without-china", "eu", "us", "india-and-sea"] as const;

export type ZoneMixture = (typeof ZONE_MIXTURE_NAMES)[number];

const WORLD: readonly Weighted[] = weighted(`
  Asia/Shanghai 22, America/New_York 8, America/Toronto 1, America/Chicago 5, America/Denver 0.9,
  America/Phoenix 0.4, America/Los_Angeles 3.2, America/Vancouver 0.3, America/Halifax 0.2, Europe/London 4,
  Europe/Berlin 4.6, Europe/Paris 3.2, Europe/Rome 2, Europe/Madrid 2, Europe/Amsterdam 1.2, Europe/Warsaw 1.2,
  Europe/Stockholm 0.9, Europe/Lisbon 0.5, Europe/Bucharest 0.5, Europe/Helsinki 0.5, Europe/Athens 0.4,
  Asia/Kolkata 8, Asia/Tokyo 5, America/Sao_Paulo 4, Asia/Seoul 3, Asia/Jakarta 2.5, Europe/Moscow 2.3,
  America/Mexico_City 2, Europe/Istanbul 1.5, Australia/Sydney 1.5, Asia/Ho_Chi_Minh 1.2, Asia/Bangkok 1,
  Asia/Manila 1, Asia/Dubai 1, Africa/Johannesburg 0.6, Asia/Karachi 0.5, America/Bogota 0.5,
  America/Argentina/Buenos_Aires 0.5, Asia/Dhaka 0.4, Africa/Cairo 0.4, America/Santiago 0.3, Africa/Lagos 0.3,
  Asia/Singapore 0.3, Pacific/Auckland 0.2
`);

/** China usually has a cloud of its own. */
const WORLD_WITHOUT_CHINA = WORLD.filter((zone) => zone.value !== "Asia/Shanghai");

const EU = weighted(`
  Europe/Berlin 18.6, Europe/Paris 15.2, Europe/Rome 13.1, Europe/Madrid 10.9, Europe/Warsaw 8.1,
  Europe/Bucharest 4.2, Europe/Amsterdam 4, Europe/Brussels 2.6, Europe/Prague 2.4, Europe/Lisbon 2.4,
  Europe/Stockholm 2.4, Europe/Athens 2.3, Europe/Budapest 2.1, Europe/Vienna 2, Europe/Sofia 1.4,
  Europe/Copenhagen 1.3, Europe/Helsinki 1.3, Europe/Dublin 1.2, Europe/Bratislava 1.2, Europe/Zagreb 0.9,
  Europe/Vilnius 0.6, Europe/Ljubljana 0.5, Europe/Riga 0.4, Europe/Tallinn 0.3, Europe/Luxembourg 0.2,
  Europe/Malta 0.1, Asia/Nicosia 0.2
`);

const US = weighted(`
  America/New_York 47.3, America/Chicago 28.9, America/Los_Angeles 16.5, America/Denver 4.5, America/Phoenix 2.2,
  Pacific/Honolulu 0.4, America/Anchorage 0.2
`);

const INDIA_AND_SEA = weighted(`
  Asia/Kolkata 62, Asia/Jakarta 13.4, Asia/Makassar 2.9, Asia/Manila 7.5, Asia/Ho_Chi_Minh 6.2, Asia/Bangkok 5,
  Asia/Kuala_Lumpur 2.6, Asia/Singapore 0.4
`);

export const ZONE_MIXTURES: Readonly<Record<ZoneMixture, readonly Weighted[]>> = {
  world: WORLD,
  "world-without-china": WORLD_WITHOUT_CHINA,
  eu: EU,
  us: US,
  "india-and-sea": INDIA_AND_SEA,
};

function weighted(text: string): Weighted[] {
  return text
    .trim()
    .split(/,\s+/)
    .map((pair) => {
      const [value = "", weight = ""] = pair.split(" ");
      return { value, weight: Number(weight) };
    });
}
