// The members of one foreign record: JSON of a message, XML turned into it, or a row of a table. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "station/intake/formats/xml.hpp"

namespace imloop::station::intake {

struct Member {
    std::string text;    ///< a number as the file has it
    std::string place;   ///< JSON pointer into the document, or the column
    bool lossy = false;  ///< a number with a fraction or exponent, whose digits may be lost where it should be a name
};

class Members {
public:
    /// `base` is the pointer of `record` in `document`; both must outlive this. `any_case`: letters of either case and
    /// underscores make no difference.
    Members(const nlohmann::json& record, std::string base, const nlohmann::json& document, bool any_case)
        : record_(&record), document_(&document), base_(std::move(base)), any_case_(any_case) {}
    /// A row of a table, whose places are columns.
    explicit Members(const nlohmann::json& row) : Members(row, {}, row, false) { is_row_ = true; }

    /// All that a path names: `name`, `/a/*/b` inside the record, `#/a/b` from the document; `*` is every element.
    std::vector<Member> all(const std::string& path) const;
    const nlohmann::json& record() const { return *record_; }
    const nlohmann::json& document() const { return *document_; }
    const std::string& base() const { return base_; }

private:
    const nlohmann::json* record_;
    const nlohmann::json* document_;
    std::string base_;
    bool any_case_ = false, is_row_ = false;
};

struct Found {
    const nlohmann::json* json = nullptr;
    std::string pointer;
};

/// What a pointer with `*` names below `json`, whose own pointer is `base`; `*` of what is no list is the thing itself.
std::vector<Found> find_all(const nlohmann::json& json, const std::string& base, const std::string& path,
                            bool any_case);

/// Texts inside that hold JSON themselves become what they hold.
void unfold(nlohmann::json&);

/// Elements as members; those of one name as a list. Texts alone are texts.
nlohmann::json json_of(const XmlNode&);

}  // namespace imloop::station::intake
