#include "service/port_taken.hpp"

#include <fmt/format.h>

namespace imloop::service {
namespace {

std::string in_zh(unsigned short port, const std::string& why) {
    return fmt::format("端口 {} 用不了（{}）：请关掉占用它的程序，或换一个端口", port, why);
}
std::string in_en(unsigned short port, const std::string& why) {
    return fmt::format("can't listen at port {} ({}): end the program that holds it, or choose another port", port,
                       why);
}

}  // namespace

PortTaken::PortTaken(unsigned short port, const std::string& why)
    : std::runtime_error(in_zh(port, why) + " / " + in_en(port, why)), zh(in_zh(port, why)), en(in_en(port, why)) {}

}  // namespace imloop::service
