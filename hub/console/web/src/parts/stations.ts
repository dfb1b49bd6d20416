import type { Figures, Head } from '../figures';

export interface Station extends Figures {
  station_id: string; name: string; kind: 'I' | 'M'; county: string; status: string; risk: number;
  meter: { strong: number; medium: number; weak: number; confirmed: number; full: number };
}
export interface Stations extends Head { items: Station[]; total: number; next: string | null }
