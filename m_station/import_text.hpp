// What `m_station import` says of a file on the terminal, zh first, then English.
#pragma once

#include "m_station/import_plan.hpp"

namespace imloop::m_station {

/// Those of an XLSX file, where there are several.
void show_sheets(const station::intake::Table&);
/// Header, columns, and the rows that are no orders.
void show_columns(const station::intake::Table&, const station::intake::ShopRepairs&);
/// What is asked, how it stands, and how to answer.
void show_questions(const std::vector<station::intake::ShopQuestion>&, const station::intake::ShopAnswers&);
/// Each with its mark, what is wrong and what to look at.
void show_orders(const ImportPlan&);

}  // namespace imloop::m_station
