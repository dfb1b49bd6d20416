#include "hub/api/admin_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace imloop::hub {

Answer ask_serving(unsigned short admin_port, const std::string& token, std::string_view command, std::string body) {
    namespace http = boost::beast::http;
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), admin_port});
    http::request<http::string_body> request(http::verb::post, "/admin/" + std::string(command), 11, std::move(body));
    request.set(http::field::host, "localhost:" + std::to_string(admin_port));
    request.set("X-Admin-Token", token);
    request.prepare_payload();
    http::write(socket, request);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> response;
    response.body_limit(boost::none);
    http::read(socket, buffer, response);
    auto& message = response.get();
    return {static_cast<int>(message.result_int()),
            std::string(message[http::field::content_type]),
            std::move(message.body()),
            {}};
}

}  // namespace imloop::hub
