#pragma once

#include "app/window/history.h"
#include "widgets/runner/runner.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QObject>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

namespace vitrine
{

class RoomPage;
class RoomShelf;

// Starts runs for rooms and brings what comes of them there: progress, the result, why it failed, a
// way to go on where it was paused. Remembers over a restart which room waits for which run.
class RunStarter : public QObject
{
    Q_OBJECT
public:
    RunStarter(Runner& runner, RoomShelf& rooms, QObject* parent);

    // The new run is shown in `room` when it is done (beside what is there where `compare`). The
    // uid; empty where it could not be started: the reason is then shown.
    QString start(const std::string& experiment, const Runner::Values& params, const QString& room,
                  bool compare);
    // As start(), and when it is done these one after the other, so that they stand in that order.
    void startAll(const std::string& experiment, const Runner::Values& first,
                  const std::vector<Runner::Values>& beside, const QString& room);
    // As startAll(), beside what the room shows.
    void addAll(const std::string& experiment, const std::vector<Runner::Values>& all,
                const QString& room);
    void again(const QString& uid);
    void resume(const QString& uid); // a paused or interrupted one

    // Runs of the workspace that can go on and that nobody dismissed, newest first.
    std::vector<RunSummary> paused() const;
    // Offered in Runs only from then on. By value: the room forgets the uid meanwhile.
    void dismiss(QString uid);
    // What there is for a room that was just opened: the newest run that can go on, and progress.
    void tell(RoomPage& page);

    QJsonObject pending() const;
    QJsonArray dismissed() const { return QJsonArray::fromStringList(dismissed_); }
    void restore(const QJsonObject& pending, const QJsonArray& dismissed);
    void catchUp(); // brings runs that were stored while nobody watched

signals:
    void changed(const vitrine::Change& change); // a room is to show a run
    void shown();                                // and does
    void began();                                // a run, by whatever way
    void pendingChanged();                       // what is to be remembered
    void wasPaused(const QString& uid, std::int64_t number, const std::string& experiment);
    void wasDismissed(const QString& uid);
    void repeated(const QString& uid); // its message says whether the values are equal
    void message(const QString& line);

private:
    struct Pending {
        QString room{};
        bool compare = false;
        Runner::Values form{};                // as it stood when the run began
        std::vector<Runner::Values> beside{}; // runs to start, and to compare, when it is done
    };

    void tellProgress(const QString& room);
    void takeNotStored(const QString& uid, const QString& error);
    void take(const RunHandle& run);
    void show(const RunRecord& run, const Pending& wanted, RoomPage& page);
    void tellRepeat(const RunRecord& run);
    Pending pendingFor(const RoomPage* page, const std::string& experiment) const;

    Runner& runner_;
    RoomShelf& rooms_;
    std::map<QString, Pending> pending_;
    QStringList dismissed_;
};

} // namespace vitrine
