// CSV (RFC 4180) that a spreadsheet opens as it was meant: UTF-8 behind a byte-order mark, CRLF, no text that it would
// take for a formula, a number or a day.
#pragma once

#include <string>
#include <string_view>

namespace imloop::markup {

class Csv {
public:
    /// A text. One that begins as formulas do (= + - @, also full-width, tab, CR) gets an apostrophe before it; one
    /// that reads as a number or a short day (ids, `1-2`) a tab, which spreadsheets keep as text and do not show.
    void text(std::string_view);
    /// A number, true or false, as it is; or nothing.
    void value(std::string_view);
    void end_row();
    std::string take() { return std::move(out_); }

private:
    void cell(std::string_view);
    std::string out_ = "\xEF\xBB\xBF";
    bool is_first_ = true;
};

}  // namespace imloop::markup
