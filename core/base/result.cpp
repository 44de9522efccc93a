#include "core/base/result.h"

namespace vitrine
{

int exitCode(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::argument:
        return 2;
    case ErrorKind::input:
        return 3;
    case ErrorKind::cancelled:
        return 130;
    case ErrorKind::failed:
        break;
    }
    return 1;
}

} // namespace vitrine
