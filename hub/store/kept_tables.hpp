// Every kept table, once. A new table of the hub's is declared here and stands in kept_tables, or it is one of those
// that docs/storage.md names with what protects them: a test asks a database for what it has.
#pragma once

#include <array>

#include "hub/store/kept_table.hpp"

namespace imloop::hub {
namespace columns {

using enum KeptAs;

/// `number`: in the order they were asked, from 1.
inline constexpr std::array clearances{KeptColumn{"number", number}, KeptColumn{"source_id"},
                                       KeptColumn{"asked_at", number}, KeptColumn{"vehicle_id"}, KeptColumn{"answer"}};
inline constexpr std::array invites{KeptColumn{"code_sha256"}, KeptColumn{"source_id"},
                                    KeptColumn{"expires_at", number}, KeptColumn{"used_at", number}};
inline constexpr std::array certificates{KeptColumn{"kid"}, KeptColumn{"issued_at", number}, KeptColumn{"pem"}};
inline constexpr std::array alarms{
    KeptColumn{"source_id"},         KeptColumn{"epoch"},         KeptColumn{"code"},
    KeptColumn{"first", number},     KeptColumn{"head"},          KeptColumn{"raised_at", number},
    KeptColumn{"latest_at", number}, KeptColumn{"times", number}, KeptColumn{"bytes", bytes}};
inline constexpr std::array accounts{KeptColumn{"account"},          KeptColumn{"name"},
                                     KeptColumn{"unit"},             KeptColumn{"password"},         KeptColumn{"otp_secret", bytes},
                                     KeptColumn{"otp_used", number}, KeptColumn{"made_at", number},
                                     KeptColumn{"ended_at", number}};
inline constexpr std::array account_links{KeptColumn{"token_sha256"}, KeptColumn{"account"},
                                          KeptColumn{"ends_at", number}};
inline constexpr std::array recovery_codes{KeptColumn{"account"}, KeptColumn{"code_digest"}};
inline constexpr std::array grants{KeptColumn{"grant_id"},
                                   KeptColumn{"account"},
                                   KeptColumn{"role"},
                                   KeptColumn{"counties"},
                                   KeptColumn{"proposed_by"},
                                   KeptColumn{"proposed_at", number},
                                   KeptColumn{"confirmed_by"},
                                   KeptColumn{"confirmed_at", number},
                                   KeptColumn{"ended_at", number}};
inline constexpr std::array sessions{KeptColumn{"token_sha256"}, KeptColumn{"account"}, KeptColumn{"address"},
                                     KeptColumn{"began_at", number}, KeptColumn{"seen_at", number}};
inline constexpr std::array sign_ins_failed{KeptColumn{"name_digest"}, KeptColumn{"in_a_row", number},
                                            KeptColumn{"day", number}, KeptColumn{"on_day", number},
                                            KeptColumn{"locked_until", number}};

}  // namespace columns

inline constexpr KeptTable clearances_table{"clearances", 1, columns::clearances};
inline constexpr KeptTable invites_table{"invites", 1, columns::invites};
inline constexpr KeptTable certificates_table{"certificates", 1, columns::certificates};
inline constexpr KeptTable alarms_table{"alarms", 5, columns::alarms};
inline constexpr KeptTable accounts_table{"accounts", 1, columns::accounts};
inline constexpr KeptTable links_table{"account_links", 1, columns::account_links, false};
inline constexpr KeptTable recovery_table{"recovery_codes", 2, columns::recovery_codes};
inline constexpr KeptTable grants_table{"grants", 1, columns::grants};
inline constexpr KeptTable sessions_table{"sessions", 1, columns::sessions, false};
inline constexpr KeptTable failed_table{"sign_ins_failed", 1, columns::sign_ins_failed, false};

inline constexpr std::array kept_tables{&clearances_table, &invites_table, &certificates_table, &alarms_table,
                                        &accounts_table,   &links_table,   &recovery_table,     &grants_table,
                                        &sessions_table,   &failed_table};

}  // namespace imloop::hub
