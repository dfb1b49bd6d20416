#include "engine/errors.hpp"

namespace imloop::engine {

DiskFull::DiskFull()
    : StoreError("磁盘已满，没有写入；腾出空间后会接着做 / the disk is full, nothing was written: make room to go on") {
}

DamagedFile::DamagedFile(const std::string& what)
    : StoreError(
          "数据库文件已损坏，没有改动任何内容；停下程序，换上备份 / the database file is damaged, nothing was "
          "changed: stop the program and put the backup in its place (" +
          what + ")") {}

LeaseLost::LeaseLost()
    : ConnectionLost(
          "另一个监管中心在写这个数据库，没有写入 / another hub writes to the database now, nothing was written") {}

Busy::Busy(const std::string& what)
    : StoreError(
          "数据库正被另一个程序写，没有写入；稍后再试 / another program writes to the database, nothing was "
          "written: try again later (" +
          what + ")") {}

}  // namespace imloop::engine
