#include "station/attachments.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <memory>
#include <vector>

#include "journal/digest.hpp"
#include "loop/json.hpp"
#include "loop/vehicle/text.hpp"

namespace imloop::station {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t piece_bytes = 256 * 1024;

struct Ending {
    std::string_view ending, kind;
};
constexpr std::array endings{
    Ending{".jpg", "photo"},  Ending{".jpeg", "photo"}, Ending{".png", "photo"}, Ending{".bmp", "photo"},
    Ending{".webp", "photo"}, Ending{".heic", "photo"}, Ending{".mp4", "video"}, Ending{".avi", "video"},
    Ending{".mkv", "video"},  Ending{".mov", "video"},  Ending{".flv", "video"}, Ending{".pdf", "document"},
};

}  // namespace

std::string_view attachment_kind(const fs::path& file) {
    const auto ending = loop::lower(file.extension().string());
    const auto* known = std::ranges::find(endings, ending, &Ending::ending);
    return known == endings.end() ? std::string_view() : known->kind;
}

std::optional<FileDigest> digest_of(const fs::path& file) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    std::ifstream in(file, std::ios::binary);
    EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
    std::vector<char> piece(piece_bytes);
    std::uint64_t bytes = 0;
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        EVP_DigestUpdate(digest.get(), piece.data(), static_cast<std::size_t>(in.gcount()));
        bytes += static_cast<std::uint64_t>(in.gcount());
    }
    // A folder by such a name opens, and fails only when it is read.
    if (!in.eof()) return std::nullopt;
    journal::Digest sha256{};
    EVP_DigestFinal_ex(digest.get(), sha256.data(), nullptr);
    return FileDigest{journal::to_hex(sha256), bytes};
}

journal::Result<json> attachment_of(const fs::path& file) {
    const auto name = file.filename().string();
    const auto kind = attachment_kind(file);
    if (kind.empty())
        return journal::Error("not_an_attachment", fmt::format("{0} 不是照片、视频或 PDF", name),
                              fmt::format("{0} is no photo, video or PDF", name));
    const auto digest = digest_of(file);
    if (!digest)
        return journal::Error("unreadable", fmt::format("读不到 {0}，请检查文件和权限", name),
                              fmt::format("can't read {0}, check the file and its permissions", name));
    return json{{"kind", kind}, {"name", name}, {"sha256", digest->sha256}, {"bytes", digest->bytes}};
}

std::vector<fs::path> attachments_beside(const fs::path& folder, std::string_view number) {
    std::vector<fs::path> out;
    std::error_code error;
    if (number.empty()) return out;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        if (!name.starts_with(number) || std::isalnum(static_cast<unsigned char>(name[number.size()])) != 0) continue;
        std::error_code gone;
        if (!attachment_kind(at->path()).empty() && at->is_regular_file(gone)) out.push_back(at->path());
    }
    std::ranges::sort(out);
    return out;
}

journal::Result<void> attach(json& record, const std::vector<fs::path>& files) {
    auto all = record.value("attachments", json::array());
    for (const auto& file : files) {
        auto one = attachment_of(file);
        if (!one) return one.error();
        const auto is_same = [&](const json& other) {
            return other.value("name", "") == (*one)["name"] && other.value("sha256", "") == (*one)["sha256"];
        };
        if (std::ranges::none_of(all, is_same)) all.push_back(std::move(*one));
    }
    if (all.size() > attachments_max)
        return journal::Error(
            "too_many_attachments",
            fmt::format("一条记录最多附 {0} 个文件，这里有 {1} 个", attachments_max, all.size()),
            fmt::format("a record takes at most {0} files, here are {1}", attachments_max, all.size()));
    if (!all.empty()) record["attachments"] = std::move(all);
    return {};
}

journal::Result<std::string> with_attachments(const std::string& line, const std::vector<fs::path>& files) {
    auto record = loop::json_of<nlohmann::ordered_json>(line);
    if (files.empty() || !record.is_object()) return line;
    json with = {{"attachments", record.value("attachments", json::array())}};
    if (const auto attached = attach(with, files); !attached) return attached.error();
    record["attachments"] = with["attachments"];
    return record.dump();
}

std::vector<fs::path> attachments_of(const std::string& line, const fs::path& folder) {
    const auto record = loop::json_of(line);
    if (!record.is_object() || !record.contains("report_no") || !record["report_no"].is_string()) return {};
    return attachments_beside(folder, record["report_no"].get<std::string>());
}

}  // namespace imloop::station
