#pragma once

#include <QPushButton>
#include <QStringList>

#include <functional>
#include <map>

class QLineEdit;
class QListWidget;

namespace vitrine
{

// A button whose popup adds tags to many runs and takes them away: a tick for tags that all have, a
// half one for those that some have, a line for a new one.
class TagPicker : public QPushButton
{
    Q_OBJECT
public:
    explicit TagPicker(QWidget* parent);

    struct Tags {
        int runs = 0;                  // selected
        QStringList known;             // in the workspace
        std::map<QString, int> counts; // how many of the selected runs have it
    };
    // Asked when the popup opens.
    void setSource(std::function<Tags()> source) { source_ = std::move(source); }

signals:
    void tagsWished(const QStringList& added, const QStringList& removed);

private:
    void open();

    std::function<Tags()> source_;
    QWidget* popup_;
    QLineEdit* line_;
    QListWidget* list_;
    bool filling_ = false;
};

} // namespace vitrine
