export interface Flag { flag_id: string; grade: string; day: string | null; station_id: string; station_name: string; county: string; plate: string; rule: string; claim: { zh: string; en: string }; state: string }
export interface Rule { rule: string; title: { zh: string; en: string } }
export interface Flags { items: Flag[]; total: number; next: string | null }
