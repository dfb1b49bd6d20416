import type { Head } from '../figures';

export interface Missing { days: number; plate: string; vin: string; county: string; station_id: string; station_name: string; failed_on: string; kind: string; failed_items: string[]; due: string; episode_id: string }
export interface MissingList extends Head { items: Missing[]; total: number; not_repaired: number; next: string | null }
