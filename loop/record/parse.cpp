#include "loop/record/parse.hpp"

#include <utility>
#include <vector>

#include "loop/record/text.hpp"

namespace imloop::loop::record {
namespace {

using nlohmann::json;

/// RFC 3629: shortest form, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) {
    const auto tail = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = c >= 0xC2 && c <= 0xDF   ? 1
                                 : c >= 0xE0 && c <= 0xEF ? 2
                                 : c >= 0xF0 && c <= 0xF4 ? 3
                                                          : 0;
        if (more == 0) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if (!tail(i + k)) return false;
        const auto second = static_cast<unsigned char>(text[i + 1]);
        if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90) ||
            (c == 0xF4 && second > 0x8F))
            return false;
        i += more + 1;
    }
    return true;
}

/// Builds the document and stops at the first member that stands twice or level that is too deep.
class Builder final : public nlohmann::json_sax<json> {
public:
    explicit Builder(Parsed& out) : out_(out) {}

    bool null() override { return value(nullptr); }
    bool boolean(bool v) override { return value(v); }
    bool number_integer(number_integer_t v) override { return value(v); }
    bool number_unsigned(number_unsigned_t v) override { return value(v); }
    bool number_float(number_float_t v, const string_t&) override { return value(v); }
    bool string(string_t& v) override { return value(std::move(v)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(json::object()); }
    bool start_array(std::size_t) override { return open(json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        const auto [at, is_new] = open_.back()->get_ref<json::object_t&>().try_emplace(std::move(name));
        if (!is_new) return fail("duplicate_member", pointer(&at->first));
        member_ = &at->second;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return fail("not_json", "");
    }

private:
    bool fail(std::string code, std::string where) {
        out_.code = std::move(code);
        out_.pointer = std::move(where);
        return false;
    }
    json* place(json&& v) {
        if (open_.empty()) return &(out_.json = std::move(v));
        if (open_.back()->is_array()) return &open_.back()->get_ref<json::array_t&>().emplace_back(std::move(v));
        return &(*member_ = std::move(v));
    }
    template <typename V>
    bool value(V&& v) {
        place(json(std::forward<V>(v)));
        return true;
    }
    bool open(json&& v) {
        if (open_.size() == depth_max) return fail("too_deep", "");
        open_.push_back(place(std::move(v)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    /// Of a member of the innermost open object: each level is found in the one around it. Ends before a name that is
    /// not of a member's form: it may be anything, and long.
    std::string pointer(const std::string* member) const {
        std::string out;
        for (std::size_t i = 1; i <= open_.size(); ++i) {
            const json& outer = *open_[i - 1];
            if (outer.is_array()) {
                out += "/" + std::to_string(outer.size() - 1);
                continue;
            }
            const std::string* name = member;
            if (i < open_.size())
                for (const auto& [known, inner] : outer.get_ref<const json::object_t&>())
                    if (&inner == open_[i]) name = &known;
            if (!is_member_name(*name)) break;
            out += "/" + *name;
        }
        return out;
    }

    Parsed& out_;
    std::vector<json*> open_;  // stays valid: a level is only grown while it is the innermost
    json* member_ = nullptr;
};

}  // namespace

Parsed parse(std::string_view line) {
    Parsed parsed;
    const auto refuse = [&](std::string code) {
        parsed.code = std::move(code);
        parsed.json = json(json::value_t::discarded);
        return std::move(parsed);
    };
    if (!is_utf8(line)) return refuse("not_utf8");
    // The parser would skip a byte-order mark and stop at a zero byte; neither is JSON.
    if (line.starts_with("\xEF\xBB\xBF") || line.find('\0') != std::string_view::npos) return refuse("not_json");
    Builder builder(parsed);
    if (!json::sax_parse(line.begin(), line.end(), &builder)) return refuse(std::move(parsed.code));
    return parsed;
}

}  // namespace imloop::loop::record
