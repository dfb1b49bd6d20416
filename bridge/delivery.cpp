#include "bridge/delivery.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "station/files.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"

namespace imloop::bridge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace fs = std::filesystem;

constexpr std::chrono::seconds patience{30};

class File {
public:
    explicit File(const fs::path& path)
        : path_(path), file_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0) throw std::runtime_error("写不了文件 / cannot write " + path.string());
    }
    ~File() { ::close(file_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    /// A line that a crash cut short stays one of its own.
    void end_cut_line() {
        char last = '\n';
        const auto end = ::lseek(file_, 0, SEEK_END);
        if (end > 0 && ::pread(file_, &last, 1, end - 1) == 1 && last != '\n') write("\n");
    }
    void write(std::string_view text) {
        while (!text.empty()) {
            const auto n = ::write(file_, text.data(), text.size());
            if (n < 0) throw std::runtime_error("写不了文件 / cannot write " + path_.string());
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    void sync() {
        if (::fsync(file_) != 0) throw std::runtime_error("写不了文件 / cannot write " + path_.string());
    }

private:
    fs::path path_;
    int file_;
};

void into_folder(const fs::path& folder, const std::string& lines) {
    fs::create_directories(folder);
    File file(folder / ("feed-" + loop::format_day(loop::day_of(station::unix_now())) + ".ndjson"));
    file.end_cut_line();
    file.write(lines);
    file.sync();
}

struct Endpoint {
    std::string host, port, target;
};

Endpoint endpoint_of(const std::string& url, const char* usual_port) {
    const auto rest = url.substr(url.find("//") + 2);
    const auto slash = rest.find('/');
    const auto authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    return {authority.substr(0, colon), colon == std::string::npos ? usual_port : authority.substr(colon + 1),
            slash == std::string::npos ? "/" : rest.substr(slash)};
}

asio::awaitable<int> post_plain(const Endpoint& endpoint, const std::string& lines) {
    beast::tcp_stream stream(co_await asio::this_coro::executor);
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto found = co_await resolver.async_resolve(endpoint.host, endpoint.port, asio::use_awaitable);
    stream.expires_after(patience);
    co_await stream.async_connect(found, asio::use_awaitable);
    http::request<http::string_body> request(http::verb::post, endpoint.target, 11, lines);
    request.set(http::field::host, endpoint.host);
    request.set(http::field::content_type, "application/x-ndjson");
    request.set(http::field::connection, "close");
    request.prepare_payload();
    co_await http::async_write(stream, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response<http::string_body> answer;
    co_await http::async_read(stream, buffer, answer, asio::use_awaitable);
    co_return static_cast<int>(answer.result_int());
}

int post(const std::string& url, const std::string& ca, const std::string& lines) {
    if (url.starts_with("https://")) {
        const auto endpoint = endpoint_of(url, "443");
        station::HttpClient client({endpoint.host, endpoint.port, ca, {}, {}}, patience);
        const auto answer = client.request("POST", endpoint.target, {{"Content-Type", "application/x-ndjson"}}, lines);
        if (!answer) throw std::runtime_error(url + "：" + answer.error().detail());
        return answer->status;
    }
    const auto endpoint = endpoint_of(url, "80");
    asio::io_context context;
    auto status = asio::co_spawn(context, post_plain(endpoint, lines), asio::use_future);
    context.run();
    return status.get();
}

}  // namespace

Delivery delivery_of(const station::Config& config) {
    const auto& feed = config.feed;
    if (feed.url.empty()) return [folder = feed.folder](const std::string& lines) { into_folder(folder, lines); };
    // Without an authority of its own nobody would be who they say.
    const auto ca = feed.url.starts_with("https://") ? station::read_file(feed.ca) : std::string();
    return [url = feed.url, ca](const std::string& lines) {
        const int status = post(url, ca, lines);
        if (status / 100 != 2) throw std::runtime_error(fmt::format("{}：HTTP {}", url, status));
    };
}

}  // namespace imloop::bridge
