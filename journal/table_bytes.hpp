// Process data in few bytes: the columns of its CSV as differences of whole numbers, under zstd. Whatever does not come
// back byte for byte that way is kept as it is under zstd. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>

namespace imloop::journal {

std::string table_encode(std::string_view csv);
/// Whether these are bytes that it made, by how they begin; no CSV begins so.
bool is_encoded_table(std::string_view bytes);
/// What table_encode() or zstd_encode() made of at most `stored_bytes_max`; throws std::runtime_error on other bytes.
std::string table_decode(std::string_view bytes);

}  // namespace imloop::journal
