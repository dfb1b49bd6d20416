#include "journal/segment.hpp"

#include <fmt/format.h>

#include <cassert>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "journal/limits.hpp"

namespace imloop::journal {
namespace {

using nlohmann::json;

Error malformed(std::string zh, std::string en) { return {"malformed_segment", std::move(zh), std::move(en)}; }

template <class T>
std::optional<T> member(const json& object, const char* name) {
    const auto it = object.find(name);
    if (it == object.end()) return std::nullopt;
    if constexpr (std::is_same_v<T, std::string>) {
        if (!it->is_string()) return std::nullopt;
    } else {
        if (!it->is_number_unsigned()) return std::nullopt;
    }
    return it->get<T>();
}

std::optional<Digest> digest_member(const json& object, const char* name) {
    const auto hex = member<std::string>(object, name);
    return hex ? digest_from_hex(*hex) : std::nullopt;
}

Result<Header> parse_header(std::string_view line) {
    const json object = parse_shallow(line);
    if (!object.is_object()) return malformed("第 1 行不是段头 JSON", "line 1 is not the segment's header");
    const auto source = member<std::string>(object, "source");
    const auto epoch = member<std::string>(object, "epoch");
    const auto first = member<std::uint64_t>(object, "first");
    const auto prev = digest_member(object, "prev");
    const auto is_name = [](const std::optional<std::string>& text) {
        return text && !text->empty() && text->find('\0') == std::string::npos;
    };
    if (!is_name(source) || !is_name(epoch) || !first || *first == 0 || !prev)
        return malformed("段头缺 source、epoch、first 或 prev", "the header lacks source, epoch, first or prev");
    return Header{*source, *epoch, *first, *prev};
}

Result<Seal> parse_seal(std::string_view line) {
    const json object = parse_shallow(line);
    if (!object.is_object() || !object.contains("sig"))
        return malformed("最后一行不是封签", "the last line is not a seal");
    const auto last = member<std::uint64_t>(object, "last");
    const auto head = digest_member(object, "head");
    const auto alg = member<std::string>(object, "alg");
    const auto kid = member<std::string>(object, "kid");
    const auto sig = member<std::string>(object, "sig");
    if (!last || !head || !alg || !kid || !sig)
        return malformed("封签缺 last、head、alg、kid 或 sig", "the seal lacks last, head, alg, kid or sig");
    const auto algorithm = algorithm_named(*alg);
    if (!algorithm) return malformed("封签算法未知", "the seal's alg is unknown");
    auto signature = from_base64url(*sig);
    if (!signature || signature->size() != 64) return malformed("sig 不是 64 字节的 base64url", "sig is not 64 bytes");
    return Seal{*last, *head, *algorithm, *kid, std::move(*signature)};
}

/// Splits at newlines; errors name the line.
Result<std::vector<std::string_view>> split(std::string_view bytes) {
    if (bytes.empty()) return malformed("空的", "empty");
    if (bytes.starts_with("\xEF\xBB\xBF")) return malformed("开头有字节顺序标记", "begins with a byte-order mark");
    if (bytes.back() != '\n')
        return malformed("最后一行没有换行，可能被截断", "the last line is not ended: cut short?");
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = bytes.find('\n', at);
        const auto line = bytes.substr(at, end - at);
        if (line.empty())
            return malformed(fmt::format("第 {0} 行是空行", lines.size() + 1),
                             fmt::format("line {0} is blank", lines.size() + 1));
        if (line.find('\r') != std::string_view::npos)
            return malformed(fmt::format("第 {0} 行有回车符", lines.size() + 1),
                             fmt::format("line {0} has a carriage return", lines.size() + 1));
        lines.push_back(line);
        at = end + 1;
    }
    return lines;
}

}  // namespace

Result<Segment> parse_segment(std::string_view bytes) {
    if (bytes.size() > segment_bytes_max + 2 * frame_line_bytes_max)
        return Error{"too_large", fmt::format("一段最多 {0} 字节", segment_bytes_max),
                     fmt::format("a segment has at most {0} bytes", segment_bytes_max)};
    auto lines = split(bytes);
    if (!lines) return lines.error();
    if (lines->size() < 3)
        return malformed("段头、记录、封签至少各一行", "header, record and seal: a line each at least");
    if (lines->size() - 2 > segment_lines_max)
        return Error{"too_large", fmt::format("一段最多 {0} 行", segment_lines_max),
                     fmt::format("a segment has at most {0} lines", segment_lines_max)};
    if (lines->front().size() > frame_line_bytes_max || lines->back().size() > frame_line_bytes_max)
        return Error{"too_large", "段头或封签超过 4 KiB", "header or seal over 4 KiB"};
    auto header = parse_header(lines->front());
    if (!header) return header.error();
    auto seal = parse_seal(lines->back());
    if (!seal) return seal.error();
    Segment out{std::move(*header), std::move(*seal), lines->front(), {}, lines->back()};
    out.lines.assign(lines->begin() + 1, lines->end() - 1);
    for (std::size_t i = 0; i < out.lines.size(); ++i)
        if (out.lines[i].size() > line_bytes_max)
            return Error{"too_large", fmt::format("第 {0} 条超过 {1} 字节", out.header.first + i, line_bytes_max),
                         fmt::format("record {0} is over {1} bytes", out.header.first + i, line_bytes_max)};
    return out;
}

Result<std::vector<Digest>> check_seal(const Segment& segment, const PublicKey& key) {
    const auto& [header, seal, header_line, lines, seal_line] = segment;
    const auto bad = [](const char* zh, const char* en) { return Error{"bad_seal", zh, en}; };
    if (seal.kid != key.kid() || seal.algorithm != key.algorithm())
        return bad("封签的钥匙不是登记的这一把", "the seal names another key");
    if (header.first == 1 && header.prev != chain_start(seal.algorithm, header.source, header.epoch))
        return bad("prev 不是链的起点", "prev is not the chain's start");
    if (seal.last != header.first + lines.size() - 1)
        return bad("last 与行数不符", "last does not agree with the number of lines");
    std::vector<Digest> digests;
    digests.reserve(lines.size());
    Digest h = header.prev;
    for (const auto line : lines) digests.push_back(h = chain_next(seal.algorithm, h, line));
    if (h != seal.head)
        return bad("链值与封签不符，内容被改动过", "the chain differs from the seal: bytes were changed");
    if (!key.verify(seal_message(header.source, header.epoch, seal.last, seal.head), seal.signature))
        return bad("签名不符", "the signature does not match");
    return digests;
}

std::string seal_message(std::string_view source, std::string_view epoch, std::uint64_t last, const Digest& head) {
    return fmt::format("imloop/seal/v1\n{}\n{}\n{}\n{}\n", source, epoch, last, to_hex(head));
}

std::string build_segment(const PrivateKey& key, std::string_view source, std::string_view epoch, std::uint64_t first,
                          const Digest& prev, std::span<const std::string> lines) {
    assert(first > 0 && !lines.empty());
    const nlohmann::ordered_json header{{"source", source}, {"epoch", epoch}, {"first", first}, {"prev", to_hex(prev)}};
    std::string out = header.dump() + "\n";
    Digest head = prev;
    for (const auto& line : lines) {
        head = chain_next(key.algorithm(), head, line);
        out.append(line).append("\n");
    }
    const std::uint64_t last = first + lines.size() - 1;
    const nlohmann::ordered_json seal{{"last", last},
                                      {"head", to_hex(head)},
                                      {"alg", name_of(key.algorithm())},
                                      {"kid", key.public_key().kid()},
                                      {"sig", base64url(key.sign(seal_message(source, epoch, last, head)))}};
    return out + seal.dump() + "\n";
}

}  // namespace imloop::journal
