#include "journal/encoding.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "journal/limits.hpp"

namespace imloop::journal {
namespace {

Error corrupt() { return {"malformed_segment", "压缩数据损坏或被截断", "compressed bytes are damaged or cut short"}; }
Error too_large() { return {"too_large", "解压后超过上限", "too large when decompressed"}; }

Result<std::string> gunzip(std::string_view bytes, std::size_t most) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("zlib could not start");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    char chunk[64 * 1024];
    int state = Z_OK;
    while (state != Z_STREAM_END) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk);
        stream.avail_out = sizeof chunk;
        state = inflate(&stream, Z_NO_FLUSH);
        if (state != Z_OK && state != Z_STREAM_END) return corrupt();
        out.append(chunk, sizeof chunk - stream.avail_out);
        if (out.size() > most) return too_large();
    }
    if (stream.avail_in != 0) return corrupt();
    return out;
}

Result<std::string> unzstd(std::string_view bytes, std::size_t most) {
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::string out;
    std::string chunk(ZSTD_DStreamOutSize(), '\0');
    std::size_t wanted = 1;
    while (in.pos < in.size) {
        ZSTD_outBuffer piece{chunk.data(), chunk.size(), 0};
        wanted = ZSTD_decompressStream(context.get(), &piece, &in);
        if (ZSTD_isError(wanted)) return corrupt();
        out.append(chunk, 0, piece.pos);
        if (out.size() > most) return too_large();
        while (piece.pos == piece.size && wanted != 0) {
            piece.pos = 0;
            wanted = ZSTD_decompressStream(context.get(), &piece, &in);
            if (ZSTD_isError(wanted)) return corrupt();
            out.append(chunk, 0, piece.pos);
            if (out.size() > most) return too_large();
        }
    }
    if (wanted != 0) return corrupt();
    return out;
}

/// Bytes that so many compressed ones may stand for.
std::size_t densest(std::size_t compressed) { return std::max<std::size_t>(compressed * compression_ratio_max, 4096); }

}  // namespace

Coded encode(std::string bytes) {
    auto coded = zstd_encode(bytes);
    if (bytes.size() > densest(coded.size())) return {"identity", std::move(bytes)};
    return {"zstd", std::move(coded)};
}

Result<std::string> decode(std::string_view content_encoding, std::string_view bytes, std::size_t decoded_max) {
    if (content_encoding.empty() || content_encoding == "identity") {
        if (bytes.size() > decoded_max) return too_large();
        return std::string(bytes);
    }
    if (bytes.size() > compressed_bytes_max) return too_large();
    const auto most = std::min(decoded_max, densest(bytes.size()));
    if (content_encoding == "gzip") return gunzip(bytes, most);
    if (content_encoding == "zstd") return unzstd(bytes, most);
    return Error{"unsupported_encoding", "只接受 gzip 或 zstd", "gzip or zstd only"};
}

std::string gzip_encode(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib could not start");
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd_encode(std::string_view bytes, int level) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const auto size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
    if (ZSTD_isError(size)) throw std::runtime_error("zstd could not compress");
    out.resize(size);
    return out;
}

std::string zstd_decode(std::string_view bytes) {
    const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > stored_bytes_max)
        throw std::runtime_error("not stored zstd");
    std::string out(size, '\0');
    if (ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()) != size)
        throw std::runtime_error("stored zstd is damaged");
    return out;
}

}  // namespace imloop::journal
