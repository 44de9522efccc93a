#pragma once

#include "app/plugins/file_kind.h"
#include "app/plugins/study.h"
#include "core/base/result.h"
#include "widgets/plugin.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace vitrine
{

// What the window knows of a plugin before its code is loaded (plugin.json).
struct RoomInfo {
    QString id, title, summary, icon;
    int order = 0;
    QStringList experiments;
    std::vector<FileKind> opens{};
    std::vector<Study> studies{};
    QString help{}; // its README, a Markdown file
};

// Where rooms come from: the plugins that are installed, or a test's own.
class RoomSource
{
public:
    virtual ~RoomSource() = default;

    virtual std::vector<RoomInfo> rooms() const = 0; // by order; loads no code
    virtual Result<Plugin*>
    load(const QString& id) = 0;              // owned by the source; asked again, the same one
    virtual QStringList problems() const = 0; // one line for each plugin that cannot be used
};

// Those of all rooms: kinds as the rooms stand, studies by their place.
std::vector<FileKind> fileKindsOf(const std::vector<RoomInfo>& rooms);
std::vector<Study> studiesOf(const std::vector<RoomInfo>& rooms);

} // namespace vitrine
