#pragma once

#include "app/plugins/rooms.h"
#include "core/jobs/worker/work.h"

#include <QJsonObject>
#include <QObject>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine
{

class RoomPage;
class View;

// The rooms of a window: which there are, those that are open, and what was saved of those that are
// not. A room is opened (its plugin loaded, its page made and brought back to what was saved) when
// it is first asked for.
class RoomShelf : public QObject
{
    Q_OBJECT
public:
    using Make = std::function<RoomPage*(const RoomInfo& info, const Plugin& plugin)>;

    RoomShelf(RoomSource& source, Make make, QObject* parent);

    const std::vector<RoomInfo>& infos() const { return infos_; }
    Result<Plugin*> load(const QString& plugin) { return source_.load(plugin); }
    const std::map<QString, RoomPage*>& open() const { return open_; } // by id

    RoomPage* room(const QString& id);           // nullptr (and a message) where that fails
    RoomPage* ifOpen(const QString& id) const;   // nullptr where it is not
    RoomPage* roomOf(const QString& experiment); // opens it; nullptr where none runs it
    struct Taker {
        QString room; // id
        FileKind kind;
    };
    // The first room that opens the path, by its name alone; none: no room does.
    std::optional<Taker> taking(const QString& path) const;
    RoomPage* roomShowing(const View* view) const;
    FoundExperiment findExperiment(const std::string& id);

    // The experiment's view as it was left, in the room that is open or as it was saved; empty
    // where it never was.
    QJsonObject viewStateOf(const QString& experiment) const;

    QJsonObject save() const; // by id, of rooms that were never open too
    void restore(const QJsonObject& rooms) { saved_ = rooms; }
    void closeAll(); // before the plugins' context goes

signals:
    void opened(vitrine::RoomPage* room); // and brought back
    void message(const QString& line);

private:
    const RoomInfo* infoOf(const QString& experiment) const;

    RoomSource& source_;
    Make make_;
    std::vector<RoomInfo> infos_;
    std::map<QString, RoomPage*> open_;
    QJsonObject saved_;
};

} // namespace vitrine
