#include "hub/report/xlsx.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr std::size_t narrowest = 8, widest = 60, rows_measured = 200;

void held(lxw_error error) {
    if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("workbook: ") + lxw_strerror(error));
}

/// A file without a name: the library writes to paths alone.
class Bytes {
public:
    Bytes() : file_(::memfd_create("workbook", MFD_CLOEXEC)) {
        if (file_ < 0) throw std::runtime_error("workbook: no memory file");
    }
    ~Bytes() { ::close(file_); }
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }
    std::string take() const {
        std::string out(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
        for (std::size_t at = 0; at < out.size();) {
            const auto n = ::pread(file_, out.data() + at, out.size() - at, static_cast<off_t>(at));
            if (n <= 0) throw std::runtime_error("workbook: cannot be read back");
            at += static_cast<std::size_t>(n);
        }
        return out;
    }

private:
    int file_;
};

class Sheet {
public:
    Sheet(lxw_workbook* book, const std::string& name, lxw_format* rate)
        : sheet_(workbook_add_worksheet(book, name.c_str())), rate_(rate) {
        if (sheet_ == nullptr) throw std::runtime_error("workbook: no sheet " + name);
    }

    void text(lxw_row_t row, std::size_t column, const std::string& said, lxw_format* format = nullptr) {
        if (!said.empty()) held(worksheet_write_string(sheet_, row, at(column), said.c_str(), format));
    }
    void cell(lxw_row_t row, std::size_t column, const json& value, const Column& of, Language language) {
        if (value.is_null()) return;
        if (value.is_number())
            held(worksheet_write_number(sheet_, row, at(column), value.get<double>(), of.is_rate ? rate_ : nullptr));
        else
            text(row, column, cell_words(value, of, language));
    }
    void width(std::size_t column, std::size_t cells) {
        held(worksheet_set_column(sheet_, at(column), at(column),
                                  static_cast<double>(std::clamp(cells + 2, narrowest, widest)), nullptr));
    }
    void head_stays(std::size_t columns, std::size_t rows) {
        worksheet_freeze_panes(sheet_, 1, 0);
        if (columns > 0) held(worksheet_autofilter(sheet_, 0, 0, static_cast<lxw_row_t>(rows), at(columns - 1)));
    }

private:
    static lxw_col_t at(std::size_t column) { return static_cast<lxw_col_t>(column); }
    lxw_worksheet* sheet_;
    lxw_format* rate_;
};

void put_rows(Sheet& sheet, const Report& report, Language language, lxw_format* bold) {
    // Widths first: a row that was begun is written when the next one begins.
    for (std::size_t c = 0; c < report.columns.size(); ++c) {
        const auto& column = report.columns[c];
        auto cells = display_cells(language == Language::zh ? column.zh : column.en);
        for (std::size_t r = 0; r < std::min(report.rows.size(), rows_measured); ++r)
            cells = std::max(cells, display_cells(cell_words(report.rows[r][c], column, language)));
        sheet.width(c, cells);
    }
    sheet.head_stays(report.columns.size(), report.rows.size());
    for (std::size_t c = 0; c < report.columns.size(); ++c)
        sheet.text(0, c, language == Language::zh ? report.columns[c].zh : report.columns[c].en, bold);
    for (std::size_t r = 0; r < report.rows.size(); ++r)
        for (std::size_t c = 0; c < report.columns.size(); ++c)
            sheet.cell(static_cast<lxw_row_t>(r + 1), c, report.rows[r][c], report.columns[c], language);
}

}  // namespace

std::string as_xlsx(const Report& report, Language language, const Closing& closing, std::int64_t made) {
    const Bytes bytes;
    auto path = bytes.path();
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    // Closed below; on the way out by an exception without what it would write.
    std::unique_ptr<lxw_workbook, decltype(&lxw_workbook_free)> book(workbook_new_opt(path.c_str(), &options),
                                                                     &lxw_workbook_free);
    if (!book) throw std::runtime_error("workbook: cannot be begun");
    lxw_doc_properties properties{};
    properties.created = made;
    held(workbook_set_properties(book.get(), &properties));
    auto* bold = workbook_add_format(book.get());
    format_set_bold(bold);
    auto* rate = workbook_add_format(book.get());
    format_set_num_format(rate, "0.0%");

    const bool is_zh = language == Language::zh;
    Sheet rows(book.get(), is_zh ? "数据" : "rows", rate);
    put_rows(rows, report, language, bold);
    Sheet about(book.get(), is_zh ? "说明" : "about", rate);
    const Column plain;
    std::size_t names = 0, values = 0;
    for (const auto& [name, value] : closing) {
        names = std::max(names, display_cells(name));
        values = std::max(values, display_cells(cell_words(value, plain, language)));
    }
    about.width(0, names);
    about.width(1, values);
    lxw_row_t row = 0;
    for (const auto& [name, value] : closing) {
        about.text(row, 0, name, bold);
        about.cell(row++, 1, value, plain, language);
    }
    held(workbook_close(book.release()));
    return bytes.take();
}

}  // namespace imloop::hub
