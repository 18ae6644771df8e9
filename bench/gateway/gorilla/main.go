// A gorilla/websocket hub as in that project's chat example: one goroutine and one channel for each connection, and one
// PreparedMessage for all of them. Commands come from standard input; see ../fanout.py.
package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{
	CheckOrigin:  func(*http.Request) bool { return true },
	Subprotocols: []string{"flights.v1"},
}

type hub struct {
	lock    sync.Mutex
	clients map[chan *websocket.PreparedMessage]struct{}
}

func (h *hub) serve(answer http.ResponseWriter, request *http.Request) {
	connection, err := upgrader.Upgrade(answer, request, nil)
	if err != nil {
		return
	}
	queue := make(chan *websocket.PreparedMessage, 64)
	h.lock.Lock()
	h.clients[queue] = struct{}{}
	h.lock.Unlock()
	go func() {
		for {
			if _, _, err := connection.ReadMessage(); err != nil {
				h.lock.Lock()
				if _, open := h.clients[queue]; open {
					delete(h.clients, queue)
					close(queue)
				}
				h.lock.Unlock()
				return
			}
		}
	}()
	for message := range queue {
		if err := connection.WritePreparedMessage(message); err != nil {
			break
		}
	}
	connection.Close()
}

func (h *hub) broadcast(payload []byte) {
	message, err := websocket.NewPreparedMessage(websocket.BinaryMessage, payload)
	if err != nil {
		panic(err)
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	for queue := range h.clients {
		queue <- message
	}
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func main() {
	h := &hub{clients: map[chan *websocket.PreparedMessage]struct{}{}}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/ws", h.serve)
	go http.Serve(listener, nil)
	fmt.Println("port", listener.Addr().(*net.TCPAddr).Port)

	lines := bufio.NewScanner(os.Stdin)
	var startedAt float64
	for lines.Scan() {
		var messages, payloadBytes, intervalMs int
		if _, err := fmt.Sscanf(lines.Text(), "go %d %d %d", &messages, &payloadBytes, &intervalMs); err == nil {
			payload := make([]byte, payloadBytes)
			ticker := time.NewTicker(time.Duration(intervalMs) * time.Millisecond)
			startedAt = cpuSeconds()
			for range messages {
				<-ticker.C
				h.broadcast(payload)
			}
			ticker.Stop()
			fmt.Println("sent")
		} else if lines.Text() == "report" {
			fmt.Println("cpu", cpuSeconds()-startedAt)
		}
	}
}
