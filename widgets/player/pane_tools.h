#pragma once

#include <QFrame>

class QToolButton;

namespace vitrine::player
{

// What can be done with the pane under the mouse: shift it in time, save its still, measure the
// others against it.
class PaneTools : public QFrame
{
    Q_OBJECT
public:
    explicit PaneTools(QWidget* parent);

    void setPane(int pane, bool isFirst);
    bool hasFocusInside() const;

signals:
    void offsetWished(int pane, int by);
    void stillWished(int pane);
    void firstWished(int pane);

private:
    int pane_ = -1;
    QToolButton* first_;
};

} // namespace vitrine::player
