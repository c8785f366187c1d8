// Package outgraph is under construction here.
package outgraph
