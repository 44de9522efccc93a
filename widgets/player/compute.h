#pragma once

#include <functional>

class QObject;
class QString;

namespace vitrine::player
{

// Work on another thread, then `done` in the window's: as ViewContext::compute.
using Compute = std::function<void(QObject* owner, const QString& key, std::function<void()> work,
                                   std::function<void()> done)>;

} // namespace vitrine::player
