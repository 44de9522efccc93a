#pragma once

#include "app/plugins/plugin_registry.h"
#include "app/plugins/rooms.h"

namespace vitrine
{

// The rooms of the plugins that are installed.
class PluginRooms : public RoomSource
{
public:
    std::vector<RoomInfo> rooms() const override;
    Result<Plugin*> load(const QString& id) override;
    QStringList problems() const override;

private:
    PluginRegistry registry_;
};

} // namespace vitrine
