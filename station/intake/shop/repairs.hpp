// From a table of shop software to repair records: rows of one work order are one repair, and everything that is wrong
// is named by row and column. Pure: bytes and ids come from the table, the answers and the station's id alone, so
// reading a file twice gives the same lines. Codes of reasons (stable): missing, bad_time, bad_money, rows_differ,
// voided, not_settled, status_unknown, equal_rows, shared_amount, columns_shift, hidden, formula_without_value, those
// of judgement (loop/written/judgement.hpp) and of admission; of notes: left_out, shortened, defaulted, codes_differ,
// those of judgement and of admission.
#pragma once

#include <string>
#include <vector>

#include "journal/error.hpp"
#include "loop/time.hpp"
#include "station/intake/formats/table.hpp"
#include "station/intake/shop/columns.hpp"

namespace imloop::station::intake {

struct Reason {
    std::size_t row = 0;
    std::string column;  ///< header as in the file; empty: no single column
    std::string code;
    std::string zh, en;  ///< what is wrong, and what to do
};

struct ShopOrder {
    std::string work_order_no;      ///< empty: none
    std::vector<std::size_t> rows;  ///< their numbers
    std::string record_id, line;    ///< empty where refused
    std::vector<Reason> problems;   ///< not empty: refused
    std::vector<Reason> notes;      ///< taken, but look at this
    std::vector<ShopQuestion> questions;
};

struct SkippedRow {
    std::size_t row = 0;
    std::string label;  ///< what it begins with (合计, 制表人); empty: it has nothing of an order
};

struct ShopRepairs {
    std::size_t header_row = 0;
    ShopColumns columns;
    std::vector<ShopOrder> orders;        ///< as they begin in the file
    std::vector<SkippedRow> skipped;      ///< sums, footers, titles of sections: no orders
    std::vector<ShopQuestion> questions;  ///< of the columns, what is hidden, and the orders, each once
};

/// `now` only serves admission's rule on records of the future. Errors: no_header; missing_columns (a repair needs
/// them, docs/contract.md, "Records"; total_fee only of a shop, not of a bridge).
journal::Result<ShopRepairs> read_shop_repairs(const Table&, const std::string& station_id, loop::Moment now,
                                               const ShopAnswers& = {});

/// What is asked of a file's columns and of what is hidden, also where the columns alone are not enough to read it.
std::vector<ShopQuestion> shop_questions(const Table&, const ShopAnswers& = {});

/// The rows of what was refused, with row number and reasons before the columns that are used, as CSV with byte-order
/// mark: what is mended in it can be imported as it is. No other column of the file is in it; of a row that is a column
/// off the order's number alone.
std::string rejected_csv(const Table&, const ShopRepairs&);

}  // namespace imloop::station::intake
