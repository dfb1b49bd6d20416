#include "hub/admin/commands.hpp"

int main(int argc, char** argv) { return imloop::hub::run_command(argc, argv); }
