// Photos and videos of a record: the files stay on this PC, the record carries their names and digests (member
// `attachments` of schemas/records/common.json). Thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"

namespace imloop::station {

inline constexpr std::size_t attachments_max = 64;  ///< of one record

/// Code of codes/attachment_kind by the name's ending: photo, video or document; empty for other files.
std::string_view attachment_kind(const std::filesystem::path& file);

struct FileDigest {
    std::string sha256;
    std::uint64_t bytes = 0;
};
/// Piece by piece. Nothing where it can't be read.
std::optional<FileDigest> digest_of(const std::filesystem::path& file);

/// `{kind, name, sha256, bytes}`; reads the file piece by piece, so that an hour of video is no burden. Errors:
/// not_an_attachment (of none of the kinds), unreadable.
journal::Result<nlohmann::json> attachment_of(const std::filesystem::path& file);

/// Files of the folder whose name is `number`, or begins with it and goes on with something else than a letter or digit
/// (`R7.jpg`, `R7-2.mp4`, not `R71.jpg`), by name. Not those below the folder. A folder that can't be read has none.
std::vector<std::filesystem::path> attachments_beside(const std::filesystem::path& folder, std::string_view number);

/// Adds `files` to the record's attachments; one that is there by name and digest stays once. The first file that can't
/// be taken is the error, also too_many_attachments; the record is then as it was.
journal::Result<void> attach(nlohmann::json& record, const std::vector<std::filesystem::path>& files);

/// The same of a record's line; without files the line as it is. A line that is no JSON object is no error here.
journal::Result<std::string> with_attachments(const std::string& line, const std::vector<std::filesystem::path>& files);
/// Those beside a test's files, by its report number.
std::vector<std::filesystem::path> attachments_of(const std::string& line, const std::filesystem::path& folder);

}  // namespace imloop::station
