#include "app/plugins/plugin_rooms.h"

namespace vitrine
{
namespace
{

QStringList strings(const std::vector<std::string>& list)
{
    QStringList texts;
    for (const std::string& text : list)
        texts << QString::fromStdString(text);
    return texts;
}

// Built and installed beside the code: attention.so, attention.md.
QString helpOf(const PluginInfo& plugin)
{
    std::filesystem::path file = plugin.file;
    return QString::fromStdString(file.replace_extension(".md").string());
}

} // namespace

std::vector<RoomInfo> PluginRooms::rooms() const
{
    std::vector<RoomInfo> infos;
    for (const PluginInfo& plugin : registry_.plugins()) {
        infos.push_back({QString::fromStdString(plugin.id), QString::fromStdString(plugin.title),
                         QString::fromStdString(plugin.summary),
                         QString::fromStdString(plugin.icon), plugin.order,
                         strings(plugin.experiments), strings(plugin.opens), helpOf(plugin)});
    }
    return infos;
}

Result<Plugin*> PluginRooms::load(const QString& id)
{
    return registry_.load(id.toStdString());
}

QStringList PluginRooms::problems() const
{
    return strings(registry_.problems());
}

} // namespace vitrine
