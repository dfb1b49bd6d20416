// The messages that stand in a JSON file, one or several after each other.
#include <algorithm>

#include "loop/json.hpp"
#include "loop/record/parse.hpp"
#include "loop/record/text.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/profiles/members.hpp"
#include "station/intake/profiles/profile.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;

struct Piece {
    std::string_view text;
    std::size_t line = 0;  ///< 0: the whole file
    bool is_stray = false;
};

bool is_between_messages(std::string_view text) {
    return std::string_view(" \t\r\n,").find(text[0]) != std::string_view::npos || text.starts_with("\xEF\xBB\xBF") ||
           text.starts_with("\xEF\xBF\xBD");
}

/// Objects and lists that stand beside each other, and what strays between them; brackets within texts do not count.
std::vector<Piece> pieces_of(std::string_view text) {
    std::vector<Piece> out;
    std::size_t begin = 0, depth = 0, line = 1, begun_at = 1;
    bool is_text = false, is_stray = false;
    const auto end_stray = [&](std::size_t end) {
        if (is_stray) out.push_back({text.substr(begin, end - begin), begun_at, true});
        is_stray = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') ++line;
        const bool opens = c == '{' || c == '[';
        if (depth == 0 && !is_text && !is_stray && !opens) {
            if (is_between_messages(text.substr(i))) {
                if (c == '\xEF') i += 2;
                continue;
            }
            is_stray = true;
            begin = i, begun_at = line;
        }
        if (is_text) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                is_text = false;
        } else if (c == '"') {
            is_text = true;
        } else if (opens) {
            if (depth == 0) end_stray(i);
            if (depth++ == 0) begin = i, begun_at = line;
        } else if ((c == '}' || c == ']') && depth > 0 && --depth == 0) {
            out.push_back({text.substr(begin, i + 1 - begin), begun_at});
        }
    }
    if (depth > 0) out.push_back({text.substr(begin), begun_at});
    end_stray(text.size());
    return out;
}

void make_sound(json& value, const std::string& pointer, Document& document) {
    if (value.is_string()) {
        if (auto text = sound(value.get_ref<const std::string&>())) {
            value = std::move(*text);
        } else {
            value = nullptr;
            document.notes.push_back(damaged(document.file, document.line, pointer));
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            make_sound(value[i], pointer + "/" + std::to_string(i), document);
    } else if (value.is_object()) {
        for (auto& [name, inner] : value.items())
            make_sound(inner, pointer + "/" + loop::record::pointer_token(name), document);
    }
}

std::variant<Document, Left> document_of(const std::string& file, const Piece& piece) {
    auto parsed = loop::parse_bounded(piece.text, {.depth = loop::record::depth_max});
    if (!parsed.code.empty())
        return Left{file,
                    "malformed_json",
                    "不是正确的 JSON (" + parsed.code + ")",
                    "is no right JSON (" + parsed.code + ")",
                    piece.line,
                    parsed.pointer};
    Document out{file, std::move(parsed.json), false, piece.line};
    unfold(out.json);
    make_sound(out.json, {}, out);
    return out;
}

}  // namespace

std::vector<std::variant<Document, Left>> json_documents(const std::string& file, std::string_view bytes) {
    if (bytes.size() > message_bytes_max) return {Left{file, "too_large", "超过 16 MiB", "is over 16 MiB"}};
    auto text = text_of(bytes);
    if (!text)
        return {
            Left{file, "unreadable", "看不出是哪种编码", "is of no encoding that can be told", unreadable_line(bytes)}};
    *text = with_marked_controls(std::move(*text));
    auto pieces = pieces_of(*text);
    // What stands around a single message spoils it, as the parser says.
    if (std::ranges::count(pieces, false, &Piece::is_stray) < 2) pieces = {{*text, 0}};
    std::vector<std::variant<Document, Left>> out;
    for (const auto& piece : pieces) out.push_back(document_of(file, piece));
    return out;
}

}  // namespace imloop::station::intake
