#pragma once

#include <QAction>
#include <QDialog>
#include <QList>

class QLineEdit;
class QListWidget;

namespace vitrine
{

// Reaches every action by a few letters of its name: type, arrow keys, Enter.
class CommandPalette : public QDialog
{
    Q_OBJECT
public:
    CommandPalette(QList<QAction*> actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& letters);
    void take();

    QList<QAction*> actions_;
    QLineEdit* line_;
    QListWidget* list_;
};

} // namespace vitrine
